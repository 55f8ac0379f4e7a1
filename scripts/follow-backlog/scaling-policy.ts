/**
 * How many workers a backlog asks for: target tracking on the backlog per worker. The same arithmetic as AWS's, where
 * wanted = ceil(running × (backlog / running) / target) = ceil(backlog / target).
 */
export interface ScalingPolicy {
  /** Messages, waiting or being worked on, that one worker is meant to have. */
  readonly backlogPerWorker: number;
  readonly fewest: number;
  readonly most: number;
  /** For how long fewer workers must have been enough before any is taken away. */
  readonly scaleInAfterSeconds: number;
}

/** Twice what an ingest worker holds at the same time (INGEST_CONCURRENCY). */
export const ingestScaling: ScalingPolicy = {
  backlogPerWorker: 16,
  fewest: 1,
  most: 4,
  scaleInAfterSeconds: 60,
};

/** Since when fewer workers would do, and the most that were wanted in that time. */
export interface Surplus {
  readonly since: number;
  readonly most: number;
}

export interface Decision {
  readonly workers: number;
  /** To be handed in with the next observation. */
  readonly surplus: Surplus | undefined;
}

/**
 * More workers at once, fewer only after a while and never fewer than any moment of that while wanted: a stop hands
 * work back, so a backlog that comes and goes must not make workers come and go.
 * @param observed.at seconds on any clock that does not jump
 */
export const decideWorkers = (
  policy: ScalingPolicy,
  observed: { readonly backlog: number; readonly running: number; readonly at: number },
  surplus: Surplus | undefined,
): Decision => {
  const { running, at } = observed;
  const asked = Math.ceil(observed.backlog / policy.backlogPerWorker);
  const wanted = Math.min(policy.most, Math.max(policy.fewest, asked));
  if (wanted >= running) return { workers: wanted, surplus: undefined };
  const current = { since: surplus?.since ?? at, most: Math.max(surplus?.most ?? 0, wanted) };
  if (at - current.since < policy.scaleInAfterSeconds) return { workers: running, surplus: current };
  return { workers: current.most, surplus: undefined };
};
