import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { connectApi, Refused } from "./send/api.ts";
import { digestOf } from "./send/digest-of.ts";
import { sendInParts } from "./send/send-in-parts.ts";
import { sendWhole } from "./send/send-whole.ts";
import { waitForReceipt } from "./send/wait-for-receipt.ts";

/**
 * Sends an inventory file of any size and waits for its receipt. A big one goes straight to S3 in parts; started again
 * after whatever stopped it, it goes on with the parts that are missing.
 *
 *   npm run send -- FILE [--store NAME] [--mode validate|replace]
 *
 * STOCKWIRE_URL (default http://127.0.0.1:8080); STOCKWIRE_KEY, else what stands in `.stockwire/api-key`.
 */

/** Above, a file that breaks off costs more to send again than parts cost. */
const IN_PARTS_FROM = 32 * 1024 * 1024;

const USAGE = "Usage: npm run send -- FILE [--store NAME] [--mode validate|replace]";

const say = (line: string): void => void process.stderr.write(`${line}\n`);

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { store: { type: "string" }, mode: { type: "string" } },
  });
  const [path, ...others] = positionals;
  if (path === undefined || others.length > 0) throw new Error("give it one file");
  const api = connectApi(process.env);
  const { size: bytes } = await stat(path);
  const sha256 = await digestOf(path);
  const file = { path, filename: basename(path), bytes, sha256, store: values.store, mode: values.mode };
  const send = bytes > IN_PARTS_FROM ? sendInParts : sendWhole;
  const uploadId = await send(api, file, say);
  say(`Sent as ${uploadId}; waiting for the receipt …`);
  const receipt = await waitForReceipt(api, uploadId);
  process.stdout.write(`${JSON.stringify(receipt, undefined, 2)}\n`);
  process.exitCode = ["rejected", "failed", "conflict"].includes(receipt.status) ? 1 : 0;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  if (!(error instanceof Refused)) say(USAGE);
  process.exitCode = 1;
}
