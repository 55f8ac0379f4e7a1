import type { Ratio } from "./benchmark.ts";
import { median, spread } from "./statistics.ts";

/**
 * Compares two ways round by round, so that what slows a whole round cancels out.
 * @param ours the figures of one way, one a round
 * @param theirs the figures of the way that it is compared with, of the same rounds
 * @throws Error where there are no rounds, one way has more of them, or a ratio is no number
 */
export const ratioOf = (
  name: string,
  ours: readonly number[],
  theirs: readonly number[],
  target?: Ratio["target"],
): Ratio => {
  if (ours.length !== theirs.length) {
    throw new Error(`${name} compares ${ours.length} rounds with ${theirs.length}`);
  }
  const rounds = ours.map((value, round) => value / (theirs[round] ?? Number.NaN));
  if (!rounds.every(Number.isFinite))
    throw new Error(`${name} is no number in some round: ${rounds.join(", ")}`);
  return { name, value: median(rounds), spread: spread(rounds), rounds, ...(target && { target }) };
};
