import type { Level } from "@stockwire/contracts/level";

/** What stands in the table for one item. */
export interface StandingRow {
  readonly count: number;
  readonly level: Level;
  readonly version: string;
}

/** What to do about one row: the first two write, the others do not. */
export type RowDecision = "insert" | "update" | "already-written" | "unchanged" | "stale";

/**
 * @param standing what a strongly consistent read gave; undefined: no such item
 * @param writeEveryRow set while an older load of the store is open; see load-order.ts
 */
export const decideRow = (
  standing: StandingRow | undefined,
  row: { readonly count: number; readonly level: Level },
  version: string,
  writeEveryRow: boolean,
): RowDecision => {
  if (standing === undefined) return "insert";
  if (standing.version > version) return "stale";
  // Written by this very load before it was cut short.
  if (standing.version === version) return "already-written";
  const same = standing.count === row.count && standing.level === row.level;
  return same && !writeEveryRow ? "unchanged" : "update";
};
