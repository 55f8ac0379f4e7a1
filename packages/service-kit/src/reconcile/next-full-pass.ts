const MINUTE = 60_000;

/**
 * When the next pass over everything is due: a pass may take a hundredth of the time at most, so a bucket of ten thousand
 * objects is gone through four times an hour and one of ten millions once a day, and neither costs more than cents.
 * @param took milliseconds
 * @param atMost milliseconds between two
 */
export const nextFullPass = (now: number, took: number, atMost: number): number =>
  now + Math.min(atMost, Math.max(15 * MINUTE, 100 * took));
