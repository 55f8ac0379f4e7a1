import type { Batch } from "./fill-page.ts";

/**
 * Makes one read of a list out of reads of several partitions, each in the list's order. What lies behind the first
 * place at which a partition was not read on is left to the next read.
 * @param order below 0 where the first position comes first in the list
 */
export const mergeReads = <Row, Position>(
  batches: readonly Batch<Row, Position>[],
  order: (a: Position, b: Position) => number,
): Batch<Row, Position> => {
  const [horizon] = batches.flatMap(({ next }) => (next === undefined ? [] : [next])).sort(order);
  const found = batches
    .flatMap((batch) => batch.found)
    .filter(({ after }) => horizon === undefined || order(after, horizon) <= 0)
    .sort((a, b) => order(a.after, b.after));
  return { found, next: horizon };
};
