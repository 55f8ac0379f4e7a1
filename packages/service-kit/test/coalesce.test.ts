import t from "tap";
import { createCoalescer } from "../src/live/coalesce.ts";
import { gatherStock, MAX_LISTED_BYTES, toStockEvent } from "../src/live/gather-changes.ts";
import { until } from "./helpers.ts";

const GATHER = 50;
const INTERVAL = 200;

const gather = (send: (key: string, sum: number[]) => Promise<void>, maxKeys = 10, gatherMs = GATHER) => {
  let dropped = 0;
  const coalescer = createCoalescer<number, number[]>({
    gatherMs,
    intervalMs: INTERVAL,
    maxKeys,
    merge: (before, change) => [...(before ?? []), change],
    send,
    onDropped: () => {
      dropped += 1;
    },
  });
  return { ...coalescer, dropped: () => dropped };
};

t.test(
  "the first changes go out together, the rest as one behind the interval, the last never lost",
  async (t) => {
    const sent: { at: number; sum: number[] }[] = [];
    const { add, idle } = gather(async (_key, sum) => void sent.push({ at: performance.now(), sum }));
    const begun = performance.now();
    add("Berlin", 1);
    await new Promise((resolve) => setImmediate(resolve));
    add("Berlin", 2);
    await until(() => sent.length === 1);
    add("Berlin", 3);
    add("Berlin", 4);
    await idle();
    t.same(
      sent.map(({ sum }) => sum),
      [
        [1, 2],
        [3, 4],
      ],
    );
    const [first = 0, second = 0] = sent.map(({ at }) => at);
    t.ok(first - begun >= GATHER - 5, "not before others could join");
    t.ok(first - begun < INTERVAL, "soon");
    t.ok(second - first >= INTERVAL - 5, "not before the interval is over");
  },
);

t.test("keys do not wait for each other", async (t) => {
  const sent: string[] = [];
  const { add, idle } = gather(async (key) => void sent.push(key));
  add("Berlin", 1);
  add("Tokyo", 1);
  await until(() => sent.length === 2);
  t.same(sent, ["Berlin", "Tokyo"]);
  await idle();
});

t.test("a final change does not rest, and what is added while a send hangs is one sum", async (t) => {
  const sent: number[][] = [];
  const hanging = Promise.withResolvers<void>();
  const { add, addLast, idle } = gather(async (_key, sum) => {
    sent.push(sum);
    if (sent.length === 1) await hanging.promise;
  });
  const begun = performance.now();
  add("u", 1);
  await until(() => sent.length === 1);
  for (let change = 2; change < 1_000; change++) add("u", change);
  addLast("u", 1_000);
  t.equal(sent.length, 1, "never two of a key at the same time");
  hanging.resolve();
  await idle();
  t.equal(sent.length, 2);
  t.equal(sent[1]?.at(-1), 1_000);
  t.ok(performance.now() - begun < 2 * INTERVAL);
});

t.test("many keys take turns, a hundred sends a second, and what changes meanwhile goes along", async (t) => {
  const sent: [string, number[]][] = [];
  const { add, idle } = gather(async (key, sum) => void sent.push([key, sum]), 100);
  const begun = performance.now();
  const names = Array.from({ length: 25 }, (_, index) => `store ${index}`);
  for (const name of names) add(name, 1);
  await until(() => sent.length > 0);
  t.equal(sent.length, 8, "no more at once than there are places");
  add("store 24", 2);
  await idle();
  t.ok(performance.now() - begun >= 3 * 80 - 5, "three turns later");
  t.same(sent.at(-1), ["store 24", [1, 2]]);
  t.equal(sent.length, names.length);
});

t.test("a stop waits for nothing but what is under way", async (t) => {
  const sent: number[][] = [];
  const { add, hurry, idle } = gather(async (_key, sum) => void sent.push(sum));
  add("Berlin", 1);
  await until(() => sent.length === 1);
  add("Berlin", 2);
  add("Tokyo", 3);
  const begun = performance.now();
  hurry();
  await idle();
  t.same(sent, [[1], [2], [3]]);
  t.ok(performance.now() - begun < INTERVAL / 2);
});

t.test("a final change is not gathered either, and takes along what was", async (t) => {
  const sent: number[][] = [];
  const aDay = 86_400_000;
  const { add, addLast, idle } = gather(async (_key, sum) => void sent.push(sum), 10, aDay);
  add("u", 1);
  addLast("u", 2);
  await until(() => sent.length > 0);
  t.same(sent, [[1, 2]]);
  await idle();
});

t.test("keys beyond the bound are dropped and counted", async (t) => {
  const sent: string[] = [];
  const { add, idle, dropped } = gather(async (key) => void sent.push(key), 2);
  for (const key of ["a", "b", "c", "a"]) add(key, 1);
  await idle();
  t.same(sent, ["a", "b"]);
  t.equal(dropped(), 1);
});

const EARLIER = "2026-03-01T08:15:00.000Z";
const LATER = "2026-03-01T08:15:01.000Z";
const row = (item: string, count: number, updatedAt = EARLIER) => ({
  ...{ item, count, level: "ok" as const, updatedAt },
  ...{ uploadId: "0195515b-0000-7000-8000-000000000000", line: 2 },
});

t.test("a stock event has the latest of each item, and says where it lists not all", async (t) => {
  let sum = gatherStock(undefined, { items: [row("Echo", 1), row("Lamp", 1)] });
  sum = gatherStock(sum, { items: [row("Echo", 2)], gone: [{ item: "Lamp", updatedAt: LATER }] });
  const event = toStockEvent("Berlin", sum, true);
  const gone = [{ item: "Lamp", updatedAt: LATER }];
  t.same(event, { store: "Berlin", items: [row("Echo", 2)], gone, more: false, summary: null });
  t.match(toStockEvent("Berlin", sum, false), { items: [], gone: [], more: true });
  for (let item = 0; item < 1_000; item++)
    sum = gatherStock(sum, { items: [row(`Ding aus Köln ${item}`, 1)] });
  const full = toStockEvent("Berlin", sum, true);
  t.equal(full.more, true);
  const bytes = Buffer.byteLength(JSON.stringify(full));
  t.ok(bytes > MAX_LISTED_BYTES / 2 && bytes < MAX_LISTED_BYTES + 1_024, `${bytes} bytes`);
});

t.test("of two rows of an item, and of two summaries, the later one stands, whichever is told last", (t) => {
  const summary = (revision: number) => ({
    ...{ store: "Berlin", items: revision, outOfStock: 0, low: 0 },
    ...{ lastLoadAt: EARLIER, lastUploadId: "u", revision },
  });
  const gone = { item: "Lamp", updatedAt: LATER };
  let sum = gatherStock(undefined, { gone: [gone], items: [row("Echo", 2, LATER)], summary: summary(3) });
  sum = gatherStock(sum, { items: [row("Lamp", 1), row("Echo", 1)], summary: summary(2) });
  const later = { items: [row("Echo", 2, LATER)], gone: [gone], summary: summary(3) };
  t.same(toStockEvent("Berlin", sum, true), { store: "Berlin", ...later, more: false });
  sum = gatherStock(undefined, { items: [row("Lamp", 1, LATER)] });
  sum = gatherStock(sum, { gone: [{ item: "Lamp", updatedAt: EARLIER }] });
  t.match(toStockEvent("Berlin", sum, true), { items: [row("Lamp", 1, LATER)], gone: [] });
  t.end();
});
