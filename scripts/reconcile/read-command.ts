import { parseArgs } from "node:util";

const SUBJECTS = ["inventory", "invoice", "alerts"] as const;
export type Subject = (typeof SUBJECTS)[number];

export interface Command {
  readonly subjects: readonly Subject[];
  readonly dryRun: boolean;
}

const USAGE = `Usage: npm run reconcile -- [--dry-run] [--only inventory|invoice|alerts]
       --dry-run   only say what would be done`;

/** @throws Error with lines for the user */
export const readCommand = (args: readonly string[]): Command => {
  const { only, "dry-run": dryRun = false } = parse(args);
  const subjects = SUBJECTS.filter((subject) => only === undefined || subject === only);
  if (subjects.length === 0) throw new Error(USAGE);
  return { subjects, dryRun };
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: { "dry-run": { type: "boolean" }, only: { type: "string" } },
    }).values;
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`, { cause: error });
  }
};
