import type { InventoryItem } from "@stockwire/contracts/items";
import type { Level } from "@stockwire/contracts/level";

/** What is looked at in the table's row for one item. */
export type StandingRow = Pick<InventoryItem, "Count" | "Level" | "Version">;

/** What to do about one row: the first two write, the others do not. */
export type RowDecision = "insert" | "update" | "already-written" | "unchanged" | "stale";

/**
 * What a load does about one row of its file.
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
  if (standing.Version > version) return "stale";
  // Written by this very load before it was cut short.
  if (standing.Version === version) return "already-written";
  const same = standing.Count === row.count && standing.Level === row.level;
  return same && !writeEveryRow ? "unchanged" : "update";
};

/**
 * What a load that replaces does about an item that its file omits.
 * @param mayComeBack set for items in the file of an older load that is still open: that load's guarded write must find
 * a newer version, whether there is such an item yet or not
 */
export const decideOmitted = (
  standing: StandingRow | undefined,
  version: string,
  mayComeBack: boolean,
): "retire" | "already-written" | "unchanged" | "stale" => {
  if (standing === undefined) return mayComeBack ? "retire" : "unchanged";
  if (standing.Version > version) return "stale";
  if (standing.Version === version) return "already-written";
  return standing.Level === "retired" && !mayComeBack ? "unchanged" : "retire";
};

/**
 * What an undoing does about one row that the load it undoes was about.
 * @param undone version of the load that is undone
 * @param version of the undoing itself, right behind it
 */
export const decideUndo = (
  standing: (StandingRow & Partial<Pick<InventoryItem, "Previous">>) | undefined,
  undone: string,
  version: string,
): "put-back" | "remove" | "already-written" | "unchanged" | "stale" => {
  if (standing === undefined) return "unchanged";
  if (standing.Version > version) return "stale";
  if (standing.Version === version) return "already-written";
  // The load had left this row as it was, so there is nothing to undo; nor is there where no former count was kept.
  if (standing.Version !== undone || standing.Previous === undefined) return "unchanged";
  const retired = standing.Level === "retired";
  if (standing.Previous === null) return retired ? "unchanged" : "remove";
  return standing.Previous === standing.Count && !retired ? "unchanged" : "put-back";
};
