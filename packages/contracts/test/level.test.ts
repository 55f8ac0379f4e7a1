import { levelOf, transitionOf } from "@stockwire/contracts/level";
import t from "tap";

t.test("of an item that comes back from being retired staff hear what has changed", async (t) => {
  const retired = (count: number) => ({ count, level: "retired" as const });
  const cases: [number, number, string | undefined][] = [
    [0, 0, undefined],
    [0, 5, "back"],
    [5, 0, "out"],
    [5, 5, undefined],
    [5, 1, undefined],
  ];
  for (const [before, count, kind] of cases) {
    t.equal(
      transitionOf(retired(before), { count, level: levelOf(count, 2) }),
      kind,
      `${before} to ${count}`,
    );
  }
  t.equal(transitionOf({ count: 0, level: "out" }, retired(0)), undefined, "nothing of its retirement");
});
