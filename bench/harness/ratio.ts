import type { Ratio } from "./benchmark.ts";
import { median, spread } from "./statistics.ts";

/**
 * Compares two ways round by round, so that what slows a whole round cancels out.
 * @param ours the figures of one way, one a round
 * @param theirs the figures of the way that it is compared with, of the same rounds
 */
export const ratioOf = (
  name: string,
  ours: readonly number[],
  theirs: readonly number[],
  target?: Ratio["target"],
): Ratio => {
  const ratios = ours.map((value, round) => value / (theirs[round] ?? Number.NaN));
  return { name, value: median(ratios), spread: spread(ratios), ...(target && { target }) };
};
