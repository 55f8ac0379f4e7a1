import type { AlertView } from "@stockwire/contracts/views";

/** A count from a moment (milliseconds) on. */
interface Step {
  readonly at: number;
  readonly count: number;
}

export interface OutTrend {
  /** In order of time; the first is where the trend begins, the last is now. */
  readonly steps: readonly Step[];
  /** Outages that ended unseen, as their items were retired or removed: they are not counted. */
  readonly unseenEnds: number;
}

/**
 * How many items of a store were out of stock, reconstructed backwards: what is out now was out since its own `out`
 * alert, or, without one, since its row was written or from the beginning; every earlier outage lasted from `out` to `back`.
 * @param newestFirst every alert of the store since `from`
 * @param outNow what is out now, with the moment its row was written
 * @param from, now milliseconds
 */
export const countOutages = (
  newestFirst: readonly AlertView[],
  outNow: ReadonlyMap<string, string>,
  from: number,
  now: number,
): OutTrend => {
  const changes: { at: number; by: number }[] = [];
  let before = 0;
  let unseenEnds = 0;
  const add = (start: number, end: number | undefined): void => {
    if (start <= from) before += 1;
    else changes.push({ at: start, by: 1 });
    if (end !== undefined) changes.push({ at: end, by: -1 });
  };
  const items = byItem(newestFirst, from);
  for (const [item, alerts] of items) {
    // From the newest back; `end` is when the outage in hand ended, undefined where it goes on.
    let state: "out" | "in" = outNow.has(item) ? "out" : "in";
    let end: number | undefined;
    for (const { kind, at } of alerts) {
      const moment = Date.parse(at);
      if (kind === "out") {
        if (state === "out") add(moment, end);
        else unseenEnds += 1;
        state = "in";
      } else if (kind === "back") {
        // Out after it came back, and no alert of that: it was retired with nothing in stock and named again.
        if (state === "out" && end === undefined) add(startOf(outNow.get(item), moment), end);
        state = "out";
        end = moment;
      } else {
        // Low, so in stock; of an outage that began after it nothing more is known.
        if (state === "out") add(end === undefined ? startOf(outNow.get(item), moment) : moment, end);
        state = "in";
      }
    }
    if (state === "out") add(end === undefined ? startOf(outNow.get(item), from) : from, end);
  }
  for (const [item, writtenAt] of outNow) {
    if (!items.has(item)) add(startOf(writtenAt, from), undefined);
  }
  return { steps: accumulate(changes, before, from, now), unseenEnds };
};

/** When the row of what is out now was written, if that was after `earliest`. */
const startOf = (writtenAt: string | undefined, earliest: number): number =>
  Math.max(writtenAt === undefined ? earliest : Date.parse(writtenAt), earliest);

const byItem = (newestFirst: readonly AlertView[], from: number): Map<string, AlertView[]> => {
  const items = new Map<string, AlertView[]>();
  for (const alert of newestFirst) {
    if (Date.parse(alert.at) < from) continue;
    const known = items.get(alert.item);
    if (known) known.push(alert);
    else items.set(alert.item, [alert]);
  }
  return items;
};

const accumulate = (
  changes: readonly { readonly at: number; readonly by: number }[],
  before: number,
  from: number,
  now: number,
): readonly Step[] => {
  const steps: Step[] = [{ at: from, count: before }];
  let count = before;
  for (const { at, by } of [...changes].sort((a, b) => a.at - b.at)) {
    count += by;
    if (steps.at(-1)?.at === at) steps.pop();
    steps.push({ at, count });
  }
  if ((steps.at(-1)?.at ?? 0) < now) steps.push({ at: now, count });
  return steps;
};
