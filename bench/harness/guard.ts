import type { Database } from "./find-database.ts";
import { complaintsOf, deriveFloor, type Floors, floorsOf } from "./floors.ts";
import type { Measured } from "./measured.ts";
import { renderOutcome } from "./render-text.ts";

export interface Guarding {
  /** The benchmarks whose floors are held. */
  readonly chosen: readonly string[];
  /** Every benchmark that there is: a floor of another one holds nothing. */
  readonly known: readonly string[];
  readonly floors: Floors;
  /** What stands in for DynamoDB here. */
  readonly database: Database;
  /** Runs a benchmark in short. @throws Error where a result was wrong */
  readonly measure: (name: string) => Promise<Measured>;
  readonly say: (line: string) => void;
}

export interface Guarded {
  /** What is wrong, one line each. */
  readonly complaints: readonly string[];
  /** Floors that could not be held here, one line each: nobody may take them for held. */
  readonly skipped: readonly string[];
}

/**
 * Measures the benchmarks that have floors. One under a floor is measured once more, and fails when it is again: what
 * slows one way down for a moment hits the same way twice only if it is the way itself. A wrong result is no noise and
 * fails at once.
 */
export const guard = async ({
  chosen,
  known,
  floors,
  database,
  measure,
  say,
}: Guarding): Promise<Guarded> => {
  const complaints = Object.keys(floors)
    .filter((ratio) => !known.includes(ratio.split("/")[0] ?? ""))
    .map((ratio) => `${ratio} has a floor, and there is no such benchmark`);
  const skipped: string[] = [];
  let held = 0;
  for (const name of chosen) {
    const [mine, others] = splitByDatabase(floorsOf(name, floors), database);
    skipped.push(...others);
    if (Object.keys(mine).length === 0) continue;
    held += 1;
    const check = async (): Promise<string[]> => {
      const measured = await measure(name);
      say(renderOutcome(measured));
      return complaintsOf(measured.ratios, mine);
    };
    try {
      let found = await check();
      if (found.length > 0) {
        say(`${found.join("\n")}\nonce more`);
        found = await check();
      }
      complaints.push(...found);
    } catch (error) {
      complaints.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (held === 0) {
    const names = [...new Set(Object.keys(floors).map((ratio) => ratio.split("/")[0]))];
    complaints.push(`no floors were held; bench/floors.json has some of ${names.join(", ") || "nothing"}`);
  }
  return { complaints, skipped };
};

/** @returns the floors that mean something on this database, and what is said of the others */
const splitByDatabase = (floors: Floors, present: Database): [Floors, string[]] => {
  const means = ({ database = present }: Floors[string]): boolean => database === present;
  const entries = Object.entries(floors);
  return [
    Object.fromEntries(entries.filter(([, floor]) => means(floor))),
    entries
      .filter(([, floor]) => !means(floor))
      .map(
        ([ratio, { database }]) => `NOT HELD: ${ratio} is a floor on ${database}; here ${present} stands in`,
      ),
  ];
};

/**
 * Measures the benchmarks that have floors so many times.
 * @returns their floors anew, as bench/floors.json has them
 * @throws Error where a result was wrong, a ratio is missing, or a floor is about another database
 */
export const measureFloors = async (
  { chosen, floors, database, measure, say }: Omit<Guarding, "known">,
  times: number,
): Promise<Floors> => {
  const found: [string, Floors[string]][] = [];
  for (const name of chosen) {
    const [mine, others] = splitByDatabase(floorsOf(name, floors), database);
    if (others.length > 0) throw new Error(others.join("\n"));
    if (Object.keys(mine).length === 0) continue;
    const runs: Measured[] = [];
    for (let run = 1; run <= times; run++) {
      say(`${name}: short run ${run} of ${times}`);
      runs.push(await measure(name));
    }
    for (const [ratio, floor] of Object.entries(mine)) {
      const values = runs.map(({ ratios }) => ratios.find((each) => each.name === ratio)?.value);
      if (!values.every((value) => value !== undefined)) throw new Error(`${ratio} was not measured`);
      found.push([ratio, deriveFloor(floor, values)]);
    }
  }
  return Object.fromEntries(found);
};
