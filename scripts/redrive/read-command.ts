import { parseArgs } from "node:util";

const NAMES = ["list", "show", "retry", "drop"] as const;

export interface Command {
  readonly name: (typeof NAMES)[number];
  /** Only this queue's letters: ingest, alert or invoice. */
  readonly queue: string | undefined;
  /** Only letters with this reason, as `list` shows it. */
  readonly reason: string | undefined;
}

const USAGE = `Usage: npm run redrive -- list  [--queue ingest|alert|invoice] [--reason CODE]
       npm run redrive -- show  …   each letter with its message
       npm run redrive -- retry …   back into the queue that it came from
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
  return { name, queue: values.queue, reason: values.reason };
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: { queue: { type: "string" }, reason: { type: "string" }, yes: { type: "boolean" } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`, { cause: error });
  }
};
