import { prices } from "../cost/prices.ts";
import { perFile, perRow } from "../cost/units.ts";
import type { Limit } from "./advance.ts";
import type { Policy } from "./policy.ts";
import type { Scenario } from "./scenarios.ts";
import { type Run, simulate } from "./simulate.ts";
import { BY_KEYS } from "./work.ts";

/** The figures of one scenario under one policy. Seconds, and US dollars. */
export interface Outcome {
  readonly run: Run;
  readonly median: number;
  readonly p99: number;
  readonly mostTasks: number;
  /** Tasks from the beginning until no more run than always do. */
  readonly taskDollars: number;
  /** Tasks beyond those that always run: what the peak costs by itself. */
  readonly extraTaskDollars: number;
  /** Read and write units of all files. */
  readonly unitDollars: number;
  /** What held the files up for most of the time in which there was any work. */
  readonly limit: Limit;
  readonly limitShare: number;
}

export const outcomeOf = (scenario: Scenario, policy: Policy, seed: number): Outcome => {
  const run = simulate(scenario, policy, seed);
  const delays = run.delays.toSorted((a, b) => a - b);
  const taskSecond =
    (policy.cpu * prices.fargateCpuHour.usd + policy.memory * prices.fargateMemoryHour.usd) / 3_600;
  const busy = Object.values(run.limits).reduce((sum, seconds) => sum + seconds, 0);
  const [limit, seconds] = Object.entries(run.limits).reduce((most, one) => (one[1] > most[1] ? one : most));
  return {
    run,
    median: quantile(delays, 0.5),
    p99: quantile(delays, 0.99),
    mostTasks: run.moments.reduce((most, { running }) => Math.max(most, running), 0),
    taskDollars: run.taskSeconds * taskSecond,
    extraTaskDollars: Math.max(0, run.taskSeconds - policy.fewest * run.settledAt) * taskSecond,
    unitDollars: scenario.files.reduce((sum, { rows, changed }) => sum + unitDollarsOf(rows, changed), 0),
    limit: limit as Limit,
    limitShare: seconds / busy,
  };
};

const unitDollarsOf = (rows: number, changed: number): number => {
  const row = perRow(changed, BY_KEYS);
  return (
    (perFile.writes + rows * row.writes) * prices.writeUnit.usd +
    (perFile.reads + rows * row.reads) * prices.readUnit.usd
  );
};

/** The smallest value that at least this share of the sorted values does not exceed. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
