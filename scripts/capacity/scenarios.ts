import { LIMITS } from "./limits.ts";
import { createRandom } from "./random.ts";
import type { IncomingFile } from "./work.ts";

/** What comes in, and onto which table. */
export interface Scenario {
  readonly files: readonly IncomingFile[];
  /** What the table takes from the beginning, in write units a second. */
  readonly tableUnits: number;
}

export interface NamedScenario extends Scenario {
  readonly name: string;
  readonly title: string;
}

interface Shape {
  readonly name: string;
  readonly title: string;
  readonly stores: number;
  readonly rows: number;
  readonly changed: number;
  /** Seconds over which the files come, at random; 0: all at once. */
  readonly within: number;
  readonly warmed?: boolean;
}

const HOUR = 3_600;

const shapes: readonly Shape[] = [
  {
    name: "day-10",
    title: "10 stores within a day",
    stores: 10,
    rows: 1_000,
    changed: 0.2,
    within: 24 * HOUR,
  },
  {
    name: "hour-1000",
    title: "1,000 stores within an hour",
    stores: 1_000,
    rows: 1_000,
    changed: 0.2,
    within: HOUR,
  },
  {
    name: "hour-10000",
    title: "10,000 stores within an hour",
    stores: 10_000,
    rows: 1_000,
    changed: 0.2,
    within: HOUR,
  },
  {
    name: "hour-10000-first",
    title: "10,000 stores within an hour, every row new",
    stores: 10_000,
    rows: 1_000,
    changed: 1,
    within: HOUR,
  },
  { name: "burst-1000", title: "1,000 stores at once", stores: 1_000, rows: 1_000, changed: 0.2, within: 0 },
  {
    name: "burst-1000-first",
    title: "1,000 stores at once, every row new",
    stores: 1_000,
    rows: 1_000,
    changed: 1,
    within: 0,
  },
  {
    name: "burst-10000",
    title: "10,000 stores at once",
    stores: 10_000,
    rows: 1_000,
    changed: 0.2,
    within: 0,
  },
  {
    name: "burst-10000-warmed",
    title: "10,000 stores at once, the table warmed",
    stores: 10_000,
    rows: 1_000,
    changed: 0.2,
    within: 0,
    warmed: true,
  },
  {
    name: "burst-1000-large-warmed",
    title: "1,000 stores at once with 20,000 rows each, the table warmed",
    stores: 1_000,
    rows: 20_000,
    changed: 0.2,
    within: 0,
    warmed: true,
  },
  {
    name: "one-store",
    title: "one store with one file of 1,000,000 new rows",
    stores: 1,
    rows: 1_000_000,
    changed: 1,
    within: 0,
  },
];

/** The scenarios of docs/capacity.md, the same for the same seed. */
export const createScenarios = (seed: number): readonly NamedScenario[] =>
  shapes.map(({ name, title, stores, rows, changed, within, warmed = false }) => {
    const random = createRandom(seed);
    return {
      name,
      title,
      tableUnits: warmed ? LIMITS.mostTableUnits : LIMITS.newTableUnits,
      files: Array.from({ length: stores }, (_, store) => ({
        arrivesAt: within * random(),
        store,
        rows,
        changed,
      })),
    };
  });
