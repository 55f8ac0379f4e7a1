import { setTimeout } from "node:timers/promises";

/**
 * Asks again until there is an answer. What throws counts as no answer yet, for a stack that starts or stops breaks
 * connections; the last error stands in the failure.
 */
export const until = async <Value>(
  ask: () => Promise<Value | undefined>,
  what: string,
  seconds = 60,
): Promise<Value> => {
  const deadline = Date.now() + seconds * 1000;
  let cause: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain for ${what}`, { cause });
    await setTimeout(250);
  }
};
