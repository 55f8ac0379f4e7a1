import t from "tap";
import { eachOf, gather } from "../src/gather.ts";

/** Answers each with itself doubled, and notes what it was asked together. */
const doubling = () => {
  const asked: (readonly number[])[] = [];
  const all = (items: readonly number[]) => {
    asked.push(items);
    return items.map(async (item) => {
      if (item < 0) throw new RangeError(`${item}`);
      return 2 * item;
    });
  };
  return { asked, all };
};

t.test(
  "what is asked for in one turn of the event loop is worked on together, each with its own end",
  async (t) => {
    const { asked, all } = doubling();
    const double = gather(all);
    const inMicrotasks = async () => {
      await Promise.resolve();
      return double(3);
    };
    const results = await Promise.allSettled([double(1), double(-2), inMicrotasks()]);
    t.match(results, [
      { status: "fulfilled", value: 2 },
      { status: "rejected", reason: new RangeError("-2") },
      { status: "fulfilled", value: 6 },
    ]);
    t.equal(await double(4), 8);
    t.same(asked, [[1, -2, 3], [4]]);
  },
);

t.test("groups are worked on apart, and a full one at once", async (t) => {
  const { asked, all } = doubling();
  const double = gather(all, {
    most: 2,
    waitMilliseconds: () => 250,
    groupOf: (item) => (item % 2 === 0 ? "even" : "odd"),
  });
  t.same(await Promise.all([1, 2, 4, 3, 5, 7].map(double)), [2, 4, 8, 6, 10, 14]);
  t.same(asked, [
    [2, 4],
    [1, 3],
    [5, 7],
  ]);
});

t.test("a moment may last longer than a turn", async (t) => {
  const { asked, all } = doubling();
  const double = gather(all, { waitMilliseconds: () => 50 });
  const first = double(1);
  await new Promise((resolve) => setImmediate(resolve));
  t.same(await Promise.all([first, double(2)]), [2, 4]);
  t.same(asked, [[1, 2]]);
});

t.test("work that cannot even begin fails for all", async (t) => {
  const failing = gather<number, number>(() => {
    throw new Error("no work today");
  });
  for (const { status } of await Promise.allSettled([failing(1), failing(2)])) t.equal(status, "rejected");
});

t.test(
  "one call may answer for all: one that fails leaves the others alone, a call that fails is theirs",
  async (t) => {
    const calls: (readonly number[])[] = [];
    const double = gather(
      eachOf<number, number>(async (numbers) => {
        calls.push(numbers);
        if (numbers.includes(0)) throw new RangeError("a zero");
        return numbers.map((value) => (value < 0 ? new Error("negative") : 2 * value));
      }),
    );
    const one = await Promise.allSettled([double(1), double(-1), double(2)]);
    t.match(one, [{ value: 2 }, { reason: { message: "negative" } }, { value: 4 }]);
    const all = await Promise.allSettled([double(1), double(0)]);
    t.match(all, [{ reason: new RangeError("a zero") }, { reason: new RangeError("a zero") }]);
    t.same(calls, [
      [1, -1, 2],
      [1, 0],
    ]);
  },
);
