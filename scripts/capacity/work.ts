import { MEASURED } from "../cost/measured.ts";
import { perRow } from "../cost/units.ts";
import { LATENCY } from "./limits.ts";

/** A file on its way. Times are seconds from the scenario's beginning. */
export interface IncomingFile {
  readonly arrivesAt: number;
  readonly store: number;
  readonly rows: number;
  /** Share of rows that are written. */
  readonly changed: number;
}

/** All that a file needs to be loaded, whatever the order. */
export interface Work {
  readonly cpuSeconds: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Both, in write units; a read unit is a third of one. */
  readonly units: number;
  /** Seconds below which it cannot be done, however fast everything else is. */
  readonly roundTripSeconds: number;
}

/** As for a file of few rows, the dearer way: a store may be larger than what a worker holds of it. */
export const BY_KEYS = 1;

export const workOf = ({ rows, changed }: IncomingFile, parallelReads: number): Work => {
  const { reads, writes } = perRow(changed, BY_KEYS);
  const { cpuSecondsPerFile, cpuSecondsPerUnchangedRow, cpuSecondsPerChangedRow } = MEASURED;
  const cpuSecondsPerRow = cpuSecondsPerUnchangedRow * (1 - changed) + cpuSecondsPerChangedRow * changed;
  return {
    cpuSeconds: cpuSecondsPerFile + rows * cpuSecondsPerRow,
    readUnits: rows * reads,
    writeUnits: rows * writes,
    units: rows * (reads / 3 + writes),
    roundTripSeconds:
      LATENCY.secondsPerFile + (Math.ceil(rows / 100) / parallelReads) * LATENCY.secondsPerHundredRows,
  };
};
