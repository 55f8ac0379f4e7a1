import { type TSchema, Type } from "typebox";
import type { Batch } from "./fill-page.ts";

/** A place in a list that is kept by UTC day: at the start of the day where there is no key. */
export interface DayPosition<Key> {
  readonly day: string;
  readonly key?: Key | undefined;
}

export const dayPosition = <Key extends TSchema>(key: Key) =>
  Type.Object({
    day: Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" }),
    key: Type.Optional(key),
  });

/**
 * One read of a list that goes day by day, newest first.
 * @param days the days that have entries, newest first
 */
export const readDay = async <Row, Key>(
  days: readonly string[],
  from: DayPosition<Key> | undefined,
  read: (day: string, key: Key | undefined) => Promise<Batch<Row, Key>>,
): Promise<Batch<Row, DayPosition<Key>>> => {
  const day = from === undefined ? days[0] : days.find((candidate) => candidate <= from.day);
  if (day === undefined) return { found: [] };
  const batch = await read(day, day === from?.day ? from.key : undefined);
  const found = batch.found.map(({ row, after }) => ({ row, after: { day, key: after } }));
  if (batch.next !== undefined) return { found, next: { day, key: batch.next } };
  const dayBefore = days.find((candidate) => candidate < day);
  return dayBefore === undefined ? { found } : { found, next: { day: dayBefore } };
};
