import t from "tap";
import { gatherBriefly } from "../src/gather-briefly.ts";

const WINDOW_MS = 40;

/** Doubles numbers; odd ones beyond ten are refused, and whatever comes with a zero. */
const startDoubling = (most = 3) => {
  const calls: (readonly number[])[] = [];
  const double = gatherBriefly<number, number>({
    windowMs: () => WINDOW_MS,
    most,
    work: async (numbers) => {
      calls.push(numbers);
      if (numbers.includes(0)) throw new Error("a zero");
      return numbers.map((value) => (value > 10 && value % 2 === 1 ? new Error("odd") : 2 * value));
    },
  });
  return { calls, double };
};

t.test("what is asked for at about the same time is one call, and each has its own answer", async (t) => {
  const { calls, double } = startDoubling();
  const begun = performance.now();
  const first = double(1);
  await new Promise((resolve) => setTimeout(resolve, WINDOW_MS / 4));
  t.same(await Promise.all([first, double(2)]), [2, 4]);
  t.ok(performance.now() - begun >= WINDOW_MS - 2, "the first waits for others");
  t.equal(await double(3), 6);
  t.same(calls, [[1, 2], [3]]);
});

t.test("as many as fit into a call wait no longer", async (t) => {
  const { calls, double } = startDoubling();
  const begun = performance.now();
  const last = [1, 2, 3, 4].map(double).at(-1);
  t.same(calls, [[1, 2, 3]]);
  t.equal(await last, 8);
  t.ok(performance.now() - begun >= WINDOW_MS - 2, "what is over waits anew, for the whole of it");
  t.same(calls[1], [4]);
});

t.test("one that fails leaves the others alone, a call that fails is the failure of all", async (t) => {
  const { double } = startDoubling();
  const one = await Promise.allSettled([double(1), double(11), double(2)]);
  t.match(one, [{ value: 2 }, { reason: { message: "odd" } }, { value: 4 }]);
  const all = await Promise.allSettled([double(1), double(0)]);
  t.match(all, [{ reason: { message: "a zero" } }, { reason: { message: "a zero" } }]);
});
