import type { ActiveFile, Task } from "./fleet.ts";
import { LIMITS } from "./limits.ts";

/** What held the files up in a step. */
export type Limit = "table" | "partition" | "cpu" | "places" | "round-trips";

export interface Step {
  /** Files that are done. */
  readonly finished: readonly ActiveFile[];
  readonly units: number;
  readonly cpuSeconds: number;
  readonly limit: Limit;
}

/** A Node process computes on one thread. */
const MOST_CPU_OF_A_PROCESS = 1;

/**
 * Lets every file go on for `seconds`: as fast as its round trips and its store's partition allow, all files of a task
 * no faster than its CPU, all files together no faster than the table.
 */
export const advance = (
  tasks: readonly Task[],
  seconds: number,
  conditions: { readonly cpu: number; readonly tableUnitsPerSecond: number; readonly waiting: number },
): Step => {
  const ofStore = new Map<number, number>();
  for (const { active } of tasks) {
    for (const { file } of active) ofStore.set(file.store, (ofStore.get(file.store) ?? 0) + 1);
  }
  const progress = new Map<ActiveFile, number>();
  const asked = { units: 0, readUnits: 0, writeUnits: 0 };
  let cpuSeconds = 0;
  let heldByPartition = 0;
  let heldByCpu = 0;
  for (const { active } of tasks) {
    let wantedCpu = 0;
    for (const one of active) {
      const { work, file } = one;
      const byTrips = seconds / work.roundTripSeconds;
      const partition = LIMITS.partitionUnits / (ofStore.get(file.store) ?? 1);
      const byPartition = work.units === 0 ? Number.POSITIVE_INFINITY : (partition * seconds) / work.units;
      if (byPartition < byTrips) heldByPartition += 1;
      const part = Math.min(1 - one.done, byTrips, byPartition);
      progress.set(one, part);
      wantedCpu += part * work.cpuSeconds;
    }
    const share = Math.min(1, (Math.min(conditions.cpu, MOST_CPU_OF_A_PROCESS) * seconds) / wantedCpu);
    if (share < 1) heldByCpu += active.length;
    for (const one of active) {
      const part = (progress.get(one) ?? 0) * share;
      progress.set(one, part);
      asked.units += part * one.work.units;
      asked.readUnits += part * one.work.readUnits;
      asked.writeUnits += part * one.work.writeUnits;
      cpuSeconds += part * one.work.cpuSeconds;
    }
  }
  const most = LIMITS.mostTableUnits * seconds;
  const share = Math.min(
    1,
    (conditions.tableUnitsPerSecond * seconds) / asked.units,
    most / asked.readUnits,
    most / asked.writeUnits,
  );
  const finished: ActiveFile[] = [];
  for (const [one, part] of progress) {
    one.done += part * share;
    if (one.done >= 1 - 1e-9) finished.push(one);
  }
  const limit = limitOf({ share, files: progress.size, heldByCpu, heldByPartition, ...conditions });
  return { finished, units: asked.units * share, cpuSeconds: cpuSeconds * share, limit };
};

const limitOf = (step: {
  readonly share: number;
  readonly files: number;
  readonly heldByCpu: number;
  readonly heldByPartition: number;
  readonly waiting: number;
}): Limit => {
  if (step.share < 1) return "table";
  if (step.heldByCpu * 2 > step.files) return "cpu";
  // Every file goes as fast as it can by itself; others wait until one is done.
  if (step.waiting > 0) return "places";
  return step.heldByPartition * 2 > step.files ? "partition" : "round-trips";
};
