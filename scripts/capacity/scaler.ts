import { LIMITS } from "./limits.ts";
import type { Policy } from "./policy.ts";

/** The service at the moment a metric is taken. */
interface Sample {
  readonly running: number;
  readonly visible: number;
  /** Per cent of the running tasks' CPU in the minute before. */
  readonly cpuLoad: number;
}

/** Decides once a minute how many tasks are wanted, as target tracking does. */
export interface Scaler {
  /** @returns the wanted number of tasks */
  readonly observe: (at: number, sample: Sample) => number;
}

export const createScaler = (policy: Policy): Scaler => {
  const { metric, target, fewest, most } = policy;
  const samples: Sample[] = [];
  let wanted = fewest;
  let lastScaleIn = Number.NEGATIVE_INFINITY;

  // Without a running task there is no quotient; the messages themselves then stand for it.
  const metricOf = ({ running, visible, cpuLoad }: Sample): number =>
    metric === "cpu" ? cpuLoad : visible / Math.max(1, running);
  /** Tasks with which the metric would have been at its target when it was taken. */
  const asked = (sample: Sample): number => {
    const tasks = Math.ceil((Math.max(1, sample.running) * metricOf(sample)) / target);
    return Math.min(most, Math.max(fewest, tasks));
  };
  const lastAre = (count: number, holds: (value: number) => boolean): boolean => {
    const known = samples.slice(0, samples.length - LIMITS.metricDelaySeconds / LIMITS.metricSeconds);
    return known.length >= count && known.slice(-count).every((sample) => holds(metricOf(sample)));
  };
  const newestKnown = (): Sample | undefined =>
    samples.at(-1 - LIMITS.metricDelaySeconds / LIMITS.metricSeconds);

  return {
    observe: (at, sample) => {
      if (metric === "none") return fewest;
      samples.push(sample);
      const known = newestKnown();
      if (known === undefined) return wanted;
      if (policy.wakes && known.running === 0 && known.visible > 0) {
        wanted = Math.max(1, wanted);
      } else if (lastAre(LIMITS.pointsToScaleOut, (value) => value > target)) {
        wanted = Math.max(wanted, asked(known));
      } else if (
        at - lastScaleIn >= policy.scaleInCooldownSeconds &&
        lastAre(LIMITS.pointsToScaleIn, (value) => value < target * LIMITS.scaleInShare) &&
        asked(known) < wanted
      ) {
        wanted = asked(known);
        lastScaleIn = at;
      }
      return wanted;
    },
  };
};
