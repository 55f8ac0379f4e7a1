/** The time of a live event's id, in epoch milliseconds; undefined where it is no UUIDv7. */
export const timeOfEventId = (id: string): number | undefined =>
  UUID_V7.test(id) ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined;

const UUID_V7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

/** Partition of the table `Events` that holds what was appended at a time, in epoch milliseconds. */
export const minuteOf = (time: number): string => new Date(time).toISOString().slice(0, 16);

/**
 * How long a write may take from the making of its id to its standing in the table, in milliseconds: one that took
 * longer is made again under a new id.
 */
export const LONGEST_EVENT_WRITE_MS = 3_000;
/** How far back readers look again: the longest write, and what clocks may differ. */
export const EVENT_OVERLAP_MS = 5_000;
