import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Ratio } from "./benchmark.ts";
import type { Database } from "./find-database.ts";
import { spread } from "./statistics.ts";

/**
 * Where a ratio may not fall (`atLeast`) or, where less is better, rise (`atMost`): what short runs gave, with as much
 * room beyond the worst of them as they lay apart.
 */
export type Floor = ({ readonly atLeast: number } | { readonly atMost: number }) & {
  /** The ratios of the short runs from which it was derived, by `--guard --times N`; empty where it is older than that. */
  readonly measured: readonly number[];
  /** What the ratio is about: with another database in its place the floor says nothing. */
  readonly database?: Database;
};

/** By the ratio's name, `BENCHMARK/…`. */
export type Floors = Readonly<Record<string, Floor>>;

export const readFloors = (): Floors =>
  JSON.parse(readFileSync(join(import.meta.dirname, "../floors.json"), "utf8")) as Floors;

/** @returns the floors that are of this benchmark */
export const floorsOf = (benchmark: string, floors: Floors): Floors =>
  Object.fromEntries(Object.entries(floors).filter(([name]) => name.startsWith(`${benchmark}/`)));

/** @returns what is wrong and what to do, one line each; empty when every one of the floors holds */
export const complaintsOf = (ratios: readonly Ratio[], floors: Floors): string[] =>
  Object.entries(floors).flatMap(([name, floor]) => {
    const value = ratios.find((ratio) => ratio.name === name)?.value;
    if (value === undefined || !Number.isFinite(value)) return [`${name} has a floor and was not measured`];
    const [holds, limit] =
      "atLeast" in floor
        ? [value >= floor.atLeast, `under its floor of ${floor.atLeast}`]
        : [value <= floor.atMost, `over its limit of ${floor.atMost}`];
    const benchmark = name.split("/")[0];
    return holds
      ? []
      : [
          `${name} is ${value.toFixed(2)}: ${limit} in bench/floors.json (again: npm run bench -- --guard ${benchmark}; ` +
            `where the change is meant: npm run bench -- --guard ${benchmark} --times 5 gives new floors)`,
        ];
  });

/** @returns the floor that follows from these ratios of short runs: the worst of them, and their spread beyond it */
export const deriveFloor = (floor: Floor, ratios: readonly number[]): Floor => {
  const [lowest, highest] = spread(ratios);
  const room = highest - lowest;
  const measured = ratios.map((value) => Number(value.toFixed(2)));
  const { database } = floor;
  return {
    ...("atLeast" in floor
      ? { atLeast: Math.floor((lowest - room) * 100) / 100 }
      : { atMost: Math.ceil((highest + room) * 100) / 100 }),
    measured,
    ...(database && { database }),
  };
};
