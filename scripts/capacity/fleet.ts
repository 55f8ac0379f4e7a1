import { LIMITS } from "./limits.ts";
import type { IncomingFile, Work } from "./work.ts";

/** A file that a task works on; `done` goes from 0 to 1. */
export interface ActiveFile {
  readonly file: IncomingFile;
  readonly work: Work;
  done: number;
}

export interface Task {
  readonly launchedAt: number;
  readonly readyAt: number;
  readonly active: ActiveFile[];
}

/** The tasks of the service, those that still start included. */
export interface Fleet {
  readonly tasks: readonly Task[];
  readonly running: (at: number) => readonly Task[];
  /** Launches what is missing as fast as ECS does, and stops what is too many and does nothing. */
  readonly follow: (at: number, wanted: number) => void;
  /** Seconds that are paid, of the tasks that are gone and of those that are there. */
  readonly billedSeconds: (at: number) => number;
}

export const createFleet = (fewest: number, random: () => number): Fleet => {
  const [fastest, slowest] = LIMITS.taskStartSeconds;
  // What always runs was there before the scenario began.
  let tasks: Task[] = Array.from({ length: fewest }, () => ({ launchedAt: 0, readyAt: 0, active: [] }));
  let nextLaunch = 0;
  let billedOfGone = 0;
  const billed = (at: number, { launchedAt }: Task): number =>
    Math.max(LIMITS.shortestBilledSeconds, at - launchedAt);

  return {
    get tasks() {
      return tasks;
    },
    running: (at) => tasks.filter(({ readyAt }) => readyAt <= at),
    follow: (at, wanted) => {
      while (tasks.length < wanted && nextLaunch <= at) {
        tasks.push({ launchedAt: at, readyAt: at + fastest + random() * (slowest - fastest), active: [] });
        nextLaunch = Math.max(nextLaunch, at - 1) + 1 / LIMITS.launchesPerSecond;
      }
      // A task that works is protected from being stopped; the youngest idle ones go first.
      for (let index = tasks.length - 1; index >= 0 && tasks.length > wanted; index--) {
        const task = tasks[index] as Task;
        if (task.active.length > 0) continue;
        billedOfGone += billed(at, task);
        tasks = tasks.filter((other) => other !== task);
      }
    },
    billedSeconds: (at) => tasks.reduce((sum, task) => sum + billed(at, task), billedOfGone),
  };
};
