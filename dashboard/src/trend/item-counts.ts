import type { AlertView, StockItemView } from "@stockwire/contracts/views";

/** A count that is known: of the moment (milliseconds) at which it was read from a row. */
export interface KnownCount {
  readonly at: number;
  readonly count: number;
  /** Nothing else was there from the point before on; otherwise counts in between are not kept. */
  readonly holds: boolean;
}

/**
 * What is known of an item's count over time: before and after each transition, and since its row was last written.
 * @param newestFirst the item's alerts
 * @param present its row; undefined: the store has no such item now
 * @param now milliseconds
 */
export const itemCounts = (
  newestFirst: readonly AlertView[],
  present: StockItemView | undefined,
  now: number,
): readonly KnownCount[] => {
  const counts: KnownCount[] = [];
  for (const { at, previous, count } of newestFirst.toReversed()) {
    const moment = Date.parse(at);
    // The count before stood until this very row.
    if (previous !== null) counts.push({ at: moment - 1, count: previous, holds: false });
    counts.push({ at: moment, count, holds: previous !== null });
  }
  if (present === undefined) return counts;
  const written = Date.parse(present.updatedAt);
  if (written > (counts.at(-1)?.at ?? Number.NEGATIVE_INFINITY)) {
    counts.push({ at: written, count: present.count, holds: false });
  }
  const last = counts.at(-1);
  if (last && last.at < now) counts.push({ at: now, count: present.count, holds: true });
  return counts;
};
