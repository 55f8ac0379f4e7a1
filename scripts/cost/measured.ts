/**
 * CPU time of the real ingest worker, user and system, all threads, from `node bench/cpu-per-row.ts`. The machine and
 * the run stand in docs/capacity.md. CPU time only: how long an emulator takes to answer says nothing about AWS.
 */
export const MEASURED = {
  /** Receipt, ledger, lock, summary and both readings of an object, its rows aside. */
  cpuSecondsPerFile: 0.0178,
  cpuSecondsPerUnchangedRow: 0.000_029,
  cpuSecondsPerChangedRow: 0.000_095,
} as const;
