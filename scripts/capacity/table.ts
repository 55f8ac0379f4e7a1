import { LIMITS } from "./limits.ts";

/** What an on-demand table takes in a second, in write units: what it starts with, or twice its previous peak. */
export interface Table {
  readonly unitsPerSecond: (at: number) => number;
  readonly consume: (at: number, units: number) => void;
}

const MINUTE = 60;

/** @param startUnits what it takes from the beginning: a new table's 4,000, or the throughput it was warmed to */
export const createTable = (startUnits: number): Table => {
  /** Units of each minute; a peak is a minute's average. */
  const minutes: number[] = [];
  let peak = 0;
  let counted = 0;
  return {
    unitsPerSecond: (at) => {
      for (; counted < Math.floor((at - LIMITS.peakAgeSeconds) / MINUTE); counted++) {
        peak = Math.max(peak, (minutes[counted] ?? 0) / MINUTE);
      }
      return Math.min(LIMITS.mostTableUnits, Math.max(startUnits, 2 * peak));
    },
    consume: (at, units) => {
      const minute = Math.floor(at / MINUTE);
      minutes[minute] = (minutes[minute] ?? 0) + units;
    },
  };
};
