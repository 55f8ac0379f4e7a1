import t from "tap";
import { createLimiter } from "../src/limiter.ts";

t.test("no more at a time than allowed, in order, and a failure frees its place", async (t) => {
  const limit = createLimiter(3);
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const work = (index: number) => async () => {
    begun.push(index);
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    if (index % 2 === 0) throw new Error("failed");
    return index;
  };
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  const results = await Promise.allSettled(numbers.map((index) => limit(work(index))));
  t.equal(most, 3);
  t.same(begun, numbers);
  t.same(
    results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])),
    numbers.filter((index) => index % 2 === 1),
  );
  t.equal(await limit(work(1)), 1);
});
