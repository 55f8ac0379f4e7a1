import type { AlertView, StockItemView } from "@stockwire/contracts/views";
import { test } from "tap";
import { countOutages } from "../src/trend/count-outages.ts";
import { itemCounts } from "../src/trend/item-counts.ts";

const HOUR = 3_600_000;
const iso = (hour: number): string => new Date(hour * HOUR).toISOString();
const alert = (kind: AlertView["kind"], hour: number, item = "Echo"): AlertView => ({
  store: "Berlin",
  item,
  kind,
  count: kind === "out" ? 0 : 7,
  previous: kind === "out" ? 7 : 0,
  message: "",
  at: iso(hour),
  publishedAt: null,
});
const trendOf = (alerts: readonly AlertView[], outNow: Readonly<Record<string, number>>) => {
  const out = new Map(Object.entries(outNow).map(([item, hour]) => [item, iso(hour)]));
  const newestFirst = alerts.toSorted((a, b) => (a.at < b.at ? 1 : -1));
  const { steps, unseenEnds } = countOutages(newestFirst, out, 10 * HOUR, 20 * HOUR);
  return { steps: steps.map(({ at, count }) => [at / HOUR, count]), unseenEnds };
};

test("each outage counts from the alert to the return", async (t) => {
  const alerts = [alert("out", 12), alert("back", 14), alert("out", 13, "Dot"), alert("low", 11, "Dot")];
  t.strictSame(trendOf(alerts, { Dot: 13 }), {
    steps: [
      [10, 0],
      [12, 1],
      [13, 2],
      [14, 1],
      [20, 1],
    ],
    unseenEnds: 0,
  });
});

test("what was out before the beginning is out from the beginning", async (t) => {
  const { steps } = trendOf([alert("back", 15)], { Dot: 3 });
  t.strictSame(steps, [
    [10, 2],
    [15, 1],
    [20, 1],
  ]);
});

test("an item that is out without an alert counts from its row on", async (t) => {
  const { steps } = trendOf([alert("back", 12), alert("low", 13, "Dot")], { Echo: 17, Dot: 18 });
  t.strictSame(steps, [
    [10, 1],
    [12, 0],
    [17, 1],
    [18, 2],
    [20, 2],
  ]);
});

test("an outage that ended by retirement is left out and said", async (t) => {
  const alerts = [
    alert("out", 12),
    alert("out", 14, "Dot"),
    alert("out", 16, "Dot"),
    alert("back", 17, "Dot"),
  ];
  t.strictSame(trendOf(alerts, {}), {
    steps: [
      [10, 0],
      [16, 1],
      [17, 0],
      [20, 0],
    ],
    unseenEnds: 2,
  });
});

test("changes of one moment are one step, and alerts from before the beginning do not count", async (t) => {
  const alerts = [alert("out", 12), alert("out", 12, "Dot"), alert("out", 4, "Tap"), alert("back", 6, "Tap")];
  t.strictSame(trendOf(alerts, { Echo: 12, Dot: 12 }).steps, [
    [10, 0],
    [12, 2],
    [20, 2],
  ]);
});

test("the count at the end is what is out now", async (t) => {
  for (let seed = 1; seed <= 200; seed++) {
    let state = seed;
    const random = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * below);
    };
    const kinds = ["out", "back", "low"] as const;
    const alerts = Array.from({ length: 12 }, (_, index) =>
      alert(kinds[random(3)] ?? "out", 10 + index / 2, `item ${random(4)}`),
    );
    const out = Object.fromEntries(
      [0, 1, 2, 3].filter(() => random(2) === 0).map((item) => [`item ${item}`, random(20)]),
    );
    const { steps } = trendOf(alerts, out);
    t.equal(steps.at(-1)?.[1], Object.keys(out).length, `seed ${seed}`);
    t.ok(
      steps.every(([, count = -1]) => count >= 0),
      `seed ${seed}: never below 0`,
    );
  }
});

const row = (count: number, hour: number): StockItemView => ({
  item: "Echo",
  count,
  level: "ok",
  updatedAt: iso(hour),
  uploadId: "u",
  line: 2,
});

test("an item's count is known before and after each transition and since its last change", async (t) => {
  const counts = itemCounts([alert("back", 5), alert("out", 3)], row(9, 8), 10 * HOUR);
  t.strictSame(counts, [
    { at: 3 * HOUR - 1, count: 7, holds: false },
    { at: 3 * HOUR, count: 0, holds: true },
    { at: 5 * HOUR - 1, count: 0, holds: false },
    { at: 5 * HOUR, count: 7, holds: true },
    { at: 8 * HOUR, count: 9, holds: false },
    { at: 10 * HOUR, count: 9, holds: true },
  ]);
});

test("a row that its last alert tells of is not told twice, and a missing row adds nothing", async (t) => {
  const last = { ...alert("out", 3), previous: null };
  t.strictSame(itemCounts([last], row(0, 3), 4 * HOUR), [
    { at: 3 * HOUR, count: 0, holds: false },
    { at: 4 * HOUR, count: 0, holds: true },
  ]);
  t.strictSame(itemCounts([last], undefined, 4 * HOUR), [{ at: 3 * HOUR, count: 0, holds: false }]);
  t.strictSame(itemCounts([], undefined, 4 * HOUR), []);
});
