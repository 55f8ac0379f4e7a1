import t from "tap";
import { ratioOf } from "../ratio.ts";
import { median, percentile, spread } from "../statistics.ts";

t.test("the median is the value in the middle, or lies between the two there", async (t) => {
  t.equal(median([3]), 3);
  t.equal(median([10, 9, 1]), 9, "sorted as numbers");
  t.equal(median([4, 1, 3, 2]), 2.5);
});

t.test("a percentile is one of the values", async (t) => {
  const values = Array.from({ length: 20 }, (_, index) => 20 - index);
  t.equal(percentile(values, 95), 19);
  t.equal(percentile(values, 100), 20);
  t.equal(percentile([7], 95), 7);
  t.same(spread(values), [1, 20]);
});

t.test("nothing measured is no 0, which would meet a target", async (t) => {
  t.throws(() => median([]), /nothing was measured/);
  t.throws(() => percentile([], 95), /nothing was measured/);
  t.throws(() => spread([]), /nothing was measured/);
});

t.test("a ratio is taken round by round, and keeps them", async (t) => {
  const target = { kind: ">=", value: 2 } as const;
  t.same(ratioOf("x/y", [10, 30, 20], [10, 10, 10], target), {
    name: "x/y",
    value: 2,
    spread: [1, 3],
    rounds: [1, 3, 2],
    target,
  });
});

t.test("a ratio of no rounds, of rounds without a partner or of no numbers is none", async (t) => {
  t.throws(() => ratioOf("x/y", [], []), /nothing was measured/);
  t.throws(() => ratioOf("x/y", [1, 2], [1]), /x\/y compares 2 rounds with 1/);
  t.throws(() => ratioOf("x/y", [1, 2], [1, 2, 3]), /compares 2 rounds with 3/);
  t.throws(() => ratioOf("x/y", [1, 2], [1, 0]), /x\/y is no number/);
});
