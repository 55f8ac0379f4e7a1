import type { AlertView } from "@stockwire/contracts/views";
import t from "tap";
import { heardSince, mergeHistory } from "../src/trend/merge-history.ts";

const DAY = 86_400_000;
const alert = (day: number): AlertView => ({
  store: "Berlin",
  item: "Echo",
  kind: "out",
  count: 0,
  previous: 1,
  message: "",
  at: new Date(day * DAY).toISOString(),
  publishedAt: null,
});
const heard = (day: number) => ({ alert: alert(day), at: day * DAY });

t.test("what was heard is put in once, newest first", async (t) => {
  const history = { newestFirst: [alert(20), alert(10)], from: 5 * DAY };
  const merged = mergeHistory(history, [heard(21), heard(20)], 0);
  t.same(merged, { newestFirst: [alert(21), alert(20), alert(10)], from: 5 * DAY });
  t.equal(mergeHistory(history, [], 0), history, "the same where nothing has changed");
});

t.test("what has become too old is dropped, loaded or heard", async (t) => {
  const history = { newestFirst: [alert(20), alert(10)], from: 5 * DAY };
  t.same(mergeHistory(history, [heard(14), heard(21)], 15 * DAY), {
    newestFirst: [alert(21), alert(20)],
    from: 15 * DAY,
  });
  t.same(mergeHistory(history, [], 15 * DAY), { newestFirst: [alert(20)], from: 15 * DAY });
});

t.test("a list that was asked for anew has what was heard long before", async (t) => {
  const all = [heard(3), heard(2), heard(1)];
  t.same(heardSince(all, 2 * DAY + 9_000), [heard(3), heard(2)]);
  t.same(heardSince(all, 4 * DAY), []);
});
