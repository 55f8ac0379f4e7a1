import type { AlertItem, InventoryItem, ThresholdsItem } from "@stockwire/contracts/items";
import type { StoredLevel } from "@stockwire/contracts/level";
import { thresholdOf } from "../stock/thresholds-table.ts";

/** How an item stood when staff last heard of it; undefined: as if it had not been there. */
export interface Before {
  readonly before: { readonly count: number; readonly level: StoredLevel } | undefined;
}

/** What a transition's record says of staff. */
export type LastAlert = Pick<
  AlertItem,
  "Version" | "Kind" | "Count" | "Previous" | "PublishedAt" | "ClaimedUntil" | "FailedAttempts"
>;

/** The alert worker's own limit: a multiple of it is a message that was given up, and an operator's. */
const GIVEN_UP_AFTER = 25;

/**
 * Whether staff believe something of an item that is not so, and if so, the change that they have to hear of. What they
 * believe is what its newest record says, told or on its way: an item that ran out, came back and ran out again while
 * nobody was told is as they believe it to be.
 * @returns undefined where there is nothing to tell
 */
export const untoldOf = (
  row: InventoryItem,
  last: LastAlert | undefined,
  thresholds: ThresholdsItem | undefined,
  claimedBefore: number,
): Before | undefined => {
  // The scan may show a row as it was before its last write.
  if (row.Level === "retired" || (last !== undefined && last.Version > row.Version)) return undefined;
  const isUntold = last !== undefined && isLeftBehind(last, claimedBefore);
  if (last?.Version === row.Version) return isUntold ? recorded(last) : undefined;
  if (isUntold) return untoldBefore(row, last, thresholds);
  const believedOut = last?.Kind === "out";
  if (row.Level === "out") return believedOut ? undefined : ranOut(row, last);
  if (believedOut) return { before: { count: 0, level: "out" } };
  return fellLow(row, thresholds) ? { before: { count: row.Previous ?? 0, level: "ok" } } : undefined;
};

/** Nobody heard of the newest record either: staff believe what was so before it, and only `back` follows an `out`. */
const untoldBefore = (
  row: InventoryItem,
  last: LastAlert,
  thresholds: ThresholdsItem | undefined,
): Before | undefined => {
  const isOut = row.Level === "out";
  if (last.Kind === "back") return isOut ? undefined : { before: { count: 0, level: "out" } };
  if (isOut) return last.Kind === "out" && row.Previous === 0 ? recorded(last) : ranOut(row, last);
  if (fellLow(row, thresholds)) return { before: { count: row.Previous ?? 0, level: "ok" } };
  return row.Level === "low" && last.Kind === "low" ? recorded(last) : undefined;
};

/** Claimed, never published, and not given up: its message went with the worker that had it. */
const isLeftBehind = (last: LastAlert, claimedBefore: number): boolean =>
  last.PublishedAt === undefined &&
  (last.ClaimedUntil ?? 0) < claimedBefore &&
  ((last.FailedAttempts ?? 0) === 0 || (last.FailedAttempts ?? 0) % GIVEN_UP_AFTER !== 0);

/** The change as the record has it. */
const recorded = ({ Kind, Previous }: LastAlert): Before => {
  if (Previous === undefined) return { before: undefined };
  return { before: { count: Previous, level: Kind === "back" ? "out" : "ok" } };
};

const ranOut = (row: InventoryItem, last: LastAlert | undefined): Before | undefined => {
  if (row.Previous === null) return { before: undefined };
  if (row.Previous > 0) return { before: { count: row.Previous, level: "ok" } };
  // Written at 0 over 0: it ran out before. Without any record that may have been so long ago that it has expired.
  if (last === undefined) return undefined;
  return { before: { count: last.Count, level: "ok" } };
};

/**
 * Only where the fall itself crossed the threshold, and no threshold has changed since: a level that moved by a changed
 * threshold is nobody's news.
 */
const fellLow = (row: InventoryItem, thresholds: ThresholdsItem | undefined): boolean => {
  const threshold = thresholdOf(thresholds, row.Item);
  if (row.Level !== "low" || threshold === undefined || thresholds === undefined) return false;
  return row.Previous !== null && row.Previous > threshold && thresholds.UpdatedAt < row.UpdatedAt;
};
