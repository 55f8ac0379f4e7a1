import { setTimeout } from "node:timers/promises";
import { retryable } from "@stockwire/service-kit/errors";

const FIRST_DELAY_MS = 25;
const LONGEST_DELAY_MS = 5_000;

/** Waits longer with each try (with jitter). Throws a retryable WorkError `throttled` after `maxTries`. */
export const backOff = async (tries: number, maxTries: number, doing: string): Promise<void> => {
  if (tries >= maxTries) throw retryable("throttled", `DynamoDB kept throttling while ${doing}`);
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** tries);
  await setTimeout(ceiling / 2 + (Math.random() * ceiling) / 2);
};
