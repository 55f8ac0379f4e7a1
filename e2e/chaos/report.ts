import type { RunResult } from "./run.ts";
import type { MutationResult } from "./run-mutations.ts";

const commandOf = (seed: number): string => `npm run chaos -- --runs 1 --seed ${seed}`;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const rounded = (value: number): number => Math.round(value * 10) / 10;

/** A line for a run without violation; for any other what differed, and how to see it again. */
export const describeRun = (result: RunResult): string[] => {
  const { seed, seconds, uploads, statuses, transitions, toldTwice, redriven, faults, violations } = result;
  const counts = (named: Readonly<Record<string, number>>): string =>
    Object.entries(named)
      .map(([name, count]) => `${count} ${name}`)
      .join(", ");
  const verdict = violations.length === 0 ? "ok" : `${violations.length} VIOLATIONS`;
  const lines = [
    `seed ${seed}: ${verdict} in ${rounded(seconds)} s; ${uploads} uploads (${counts(statuses)}), ${transitions} alerts, ` +
      `${toldTwice} told twice, ${redriven} redriven; faults: ${counts(faults) || "none"}`,
  ];
  for (const { check, text } of violations) lines.push(`  ${check}: ${text}`);
  if (violations.length > 0) lines.push(`  again: ${commandOf(seed)}`);
  return lines;
};

/** What all runs came to, for people and as figures. */
export const summarise = (results: readonly RunResult[], seconds: number) => {
  const faults: Record<string, number> = {};
  for (const result of results) {
    for (const [kind, count] of Object.entries(result.faults)) faults[kind] = (faults[kind] ?? 0) + count;
  }
  const recoveries = results.flatMap((result) => result.recoveries).toSorted((a, b) => a - b);
  const quantile = (share: number): number =>
    rounded(
      (recoveries[Math.min(recoveries.length - 1, Math.floor(recoveries.length * share))] ?? 0) / 1_000,
    );
  const drains = results.map(({ drainSeconds }) => drainSeconds).toSorted((a, b) => a - b);
  const failed = results.filter(({ violations }) => violations.length > 0);
  const total = (pick: (result: RunResult) => number): number => sum(results.map(pick));
  const figures = {
    runs: results.length,
    seconds: rounded(seconds),
    secondsARun: rounded(seconds / Math.max(1, results.length)),
    failedSeeds: failed.map(({ seed }) => seed),
    uploads: total(({ uploads }) => uploads),
    transitions: total(({ transitions }) => transitions),
    toldTwice: total(({ toldTwice }) => toldTwice),
    redriven: total(({ redriven }) => redriven),
    faults,
    inFlight: {
      most: Math.max(0, ...results.map(({ inFlight }) => inFlight.most)),
      mean: rounded(total(({ inFlight }) => inFlight.mean) / Math.max(1, results.length)),
    },
    recoverySeconds: {
      messages: recoveries.length,
      median: quantile(0.5),
      p95: quantile(0.95),
      longest: quantile(1),
    },
    drainSeconds: { median: rounded(drains[drains.length >> 1] ?? 0), longest: rounded(drains.at(-1) ?? 0) },
  };
  const lines = [
    "",
    `${figures.runs} runs in ${figures.seconds} s (${figures.secondsARun} s each): ${failed.length} with violations`,
    `${figures.uploads} uploads, ${figures.transitions} alerts, ${figures.toldTwice} lines told twice (all in the stated gap), ${figures.redriven} dead letters redriven`,
    `faults: ${Object.entries(faults)
      .toSorted(([, a], [, b]) => b - a)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(", ")}`,
    `messages in flight when a fault hit: ${figures.inFlight.mean} in the mean, ${figures.inFlight.most} at most`,
    `from a worker's end to the end of each message that it held (${recoveries.length}): median ${figures.recoverySeconds.median} s, 95 % ${figures.recoverySeconds.p95} s, longest ${figures.recoverySeconds.longest} s`,
    `from the last fault to an empty backlog: median ${figures.drainSeconds.median} s, longest ${figures.drainSeconds.longest} s`,
    ...failed.map(({ seed }) => `failed: ${commandOf(seed)}`),
  ];
  return { figures, lines };
};

export const describeMutation = ({ name, rule, runs, seed, by }: MutationResult): string =>
  runs === undefined
    ? `rule ${rule}, ${name}: NOT NOTICED`
    : `rule ${rule}, ${name}: noticed in run ${runs} (seed ${seed}) by ${by.join(", ")}`;
