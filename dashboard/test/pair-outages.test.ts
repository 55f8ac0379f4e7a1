import type { AlertView } from "@stockwire/contracts/views";
import { test } from "tap";
import { groupByDay, keyOf, pairOutages } from "../src/alerts/pair-outages.ts";

const alert = (kind: AlertView["kind"], hour: number, item = "Echo", store = "Berlin"): AlertView => ({
  store,
  item,
  kind,
  count: kind === "out" ? 0 : 4,
  previous: kind === "out" ? 4 : 0,
  message: "",
  at: new Date(Date.UTC(2026, 4, 1, hour)).toISOString(),
  publishedAt: null,
});

test("an outage ends with the next return of the same item in the same store", async (t) => {
  const out = alert("out", 1);
  const back = alert("back", 5);
  const others = [alert("back", 2, "Dot"), alert("back", 3, "Echo", "Pusan")];
  const endings = pairOutages([back, ...others.toReversed(), out]);
  t.strictSame(endings.get(keyOf(out)), { kind: "back", at: back.at });
  t.equal(endings.size, 1, "only outages end");
});

test("an outage without a later alert is open, whatever happened before it", async (t) => {
  const out = alert("out", 6);
  const endings = pairOutages([out, alert("back", 5), alert("out", 1)]);
  t.strictSame(endings.get(keyOf(out)), { kind: "open" });
});

test("of an item that ran out twice without a return, nobody knows when the first outage ended", async (t) => {
  const [first, second] = [alert("out", 1), alert("out", 4)];
  const endings = pairOutages([alert("back", 9), second, first]);
  t.strictSame(endings.get(keyOf(first)), { kind: "unknown" });
  t.strictSame(endings.get(keyOf(second)), { kind: "back", at: alert("back", 9).at });
});

test("names with the same letters on both sides of their border stay apart", async (t) => {
  const out = alert("out", 1, "b", "a");
  t.strictSame(pairOutages([alert("back", 2, "", "ab"), out]).get(keyOf(out)), { kind: "open" });
});

test("alerts stand under the reader's own days", async (t) => {
  const at = (day: number, hour: number) => ({
    ...alert("out", 0),
    at: new Date(2026, 4, day, hour).toISOString(),
  });
  const days = groupByDay([at(3, 0), at(2, 23), at(2, 0), at(1, 23)]);
  t.strictSame(
    days.map(({ day, alerts }) => [new Date(day).getDate(), alerts.length]),
    [
      [3, 1],
      [2, 2],
      [1, 1],
    ],
  );
});
