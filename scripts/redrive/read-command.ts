import { parseArgs } from "node:util";

const NAMES = ["list", "show", "retry", "drop"] as const;

export interface Command {
  readonly name: (typeof NAMES)[number];
  /** Only this queue's letters: ingest, alert or invoice. */
  readonly queue: string | undefined;
  /** Only letters with this reason, as `list` shows it. */
  readonly reason: string | undefined;
  /** With retry: this upload, from its receipt. */
  readonly upload: string | undefined;
  /** With retry and list: uploads that were given up and have no letter (any more). */
  readonly failed: boolean;
}

const USAGE = `Usage: npm run redrive -- list  [--queue ingest|alert|invoice] [--reason CODE]
       npm run redrive -- show  …   each letter with its message
       npm run redrive -- retry …   back into the queue that it came from
       npm run redrive -- retry --upload ID   one upload without an end, from its receipt
       npm run redrive -- retry --failed      every upload that was given up and has no letter; list --failed names them
       npm run redrive -- drop  … --yes   for good`;

/** @throws Error with lines for the user */
export const readCommand = (args: readonly string[]): Command => {
  const { values, positionals } = parse(args);
  const name = NAMES.find((known) => known === positionals[0]);
  if (name === undefined || positionals.length > 1) throw new Error(USAGE);
  if (name === "drop" && values.yes !== true) {
    throw new Error(
      `What is dropped cannot be brought back: look at it with show, then add --yes.\n${USAGE}`,
    );
  }
  const { queue, reason, upload, failed = false } = values;
  const ofReceipts = [upload !== undefined, failed].filter(Boolean).length;
  const misfits = queue !== undefined || reason !== undefined || ofReceipts > 1;
  const fits = name === "retry" || (name === "list" && failed);
  if (ofReceipts > 0 && (misfits || !fits)) throw new Error(USAGE);
  return { name, queue, reason, upload, failed };
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        queue: { type: "string" },
        reason: { type: "string" },
        upload: { type: "string" },
        failed: { type: "boolean" },
        yes: { type: "boolean" },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`, { cause: error });
  }
};
