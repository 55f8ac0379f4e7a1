import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Receipt } from "@stockwire/contracts/receipt";
import t from "tap";
import { startStack } from "./stack.ts";

const folder = mkdtempSync(join(tmpdir(), "stockwire-send-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const stack = await startStack({ PRESIGNED_PART_BYTES: String(5 * 1024 ** 2), PRESIGNED_URL_SECONDS: "3" });
t.teardown(stack.stop);

const ROWS = 800;
const big = join(folder, "big.csv");
const column = "x".repeat(60_000);
writeFileSync(
  big,
  `store,item,count,note\n${Array.from({ length: ROWS }, (_, row) => `Berlin,Echo ${row},${row},${column}\n`).join("")}`,
);

const send = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [join(import.meta.dirname, "../scripts/send.ts"), ...args], {
    env: {
      PATH: process.env.PATH,
      STOCKWIRE_URL: stack.api,
      STOCKWIRE_KEY: stack.apiKey,
      STOCKWIRE_DATA_DIR: folder,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });

const outcome = async (child: ChildProcess) => {
  let out = "";
  let said = "";
  child.stdout?.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, "close");
  return { code, said, receipt: (out ? JSON.parse(out) : undefined) as Receipt | undefined };
};

t.test("a killed transfer goes on with the parts that are missing", async (t) => {
  const killed = send(big);
  let said = "";
  killed.stderr?.on("data", (chunk) => {
    said += chunk;
    if (/^2 of 10 parts/m.test(said)) killed.kill("SIGKILL");
  });
  await once(killed, "close");
  t.match(said, /2 of 10 parts/);
  t.notMatch(said, /^10 of 10/m);
  t.equal(readdirSync(join(folder, "uploads")).length, 1);
  const { code, said: then, receipt } = await outcome(send(big));
  t.match(then, /Going on: \d of 10 parts are there\./);
  t.equal(code, 0);
  t.match(receipt, { status: "loaded", filename: "big.csv", rows: { read: ROWS, written: ROWS } });
  t.same(readdirSync(join(folder, "uploads")), [], "nothing is remembered of what is done");
});

t.test("addresses that ended meanwhile are signed again", async (t) => {
  const file = join(folder, "again.csv");
  writeFileSync(file, `store,item,count,note\n${`Pusan,Echo,1,${column}\n`.repeat(600)}`);
  const child = send(file);
  const done = outcome(child);
  let stopped = false;
  child.stderr?.on("data", () => {
    if (stopped) return;
    stopped = true;
    child.kill("SIGSTOP");
    setTimeout(() => child.kill("SIGCONT"), 4_000);
  });
  const { code, receipt } = await done;
  t.equal(code, 0);
  t.match(receipt, { status: "loaded", rows: { read: 600, repeated: 599 } });
});

t.test("a small file goes in one request, and what is wrong with it is said", async (t) => {
  const file = join(folder, "small.csv");
  writeFileSync(file, "item,count\nEcho,5\n");
  const loaded = await outcome(send(file, "--store", "Karachi"));
  t.match(loaded, { code: 0, receipt: { status: "loaded", store: "Karachi" } });
  const rejected = await outcome(send(file));
  t.match(rejected, { code: 1, receipt: { status: "rejected", error: { code: "missing_column" } } });
  const refused = await outcome(send(file, "--store", ""));
  t.match(refused, { code: 1 });
  const usage = await outcome(send());
  t.match(usage, { code: 1, said: /Usage: npm run send/ });
  t.notOk(existsSync(join(folder, "api-key")));
});
