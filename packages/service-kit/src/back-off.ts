import { setTimeout } from "node:timers/promises";
import { waiting } from "./errors.ts";

const FIRST_DELAY_MS = 25;
const LONGEST_DELAY_MS = 5_000;

/** How long the file is left alone then. */
const REST_SECONDS = 5;

/**
 * Waits longer with each try (with jitter). Throws a `waiting` WorkError `throttled` after `maxTries`: a table that is
 * busy is no failure of the file's, which must not be given up for it.
 */
export const backOff = async (tries: number, maxTries: number, doing: string): Promise<void> => {
  if (tries >= maxTries) throw waiting("throttled", `DynamoDB kept throttling while ${doing}`, REST_SECONDS);
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** tries);
  await setTimeout(ceiling / 2 + (Math.random() * ceiling) / 2);
};
