/**
 * What AWS promises, and what it does not promise but is known for. Each figure with the page that has it; one without
 * a page is an assumption, and docs/capacity.md says so. Looked up on 2026-11-21.
 */
export const LIMITS = {
  /**
   * DynamoDB, in write units a second; a read unit counts a third of one, as either or a mixture is allowed.
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
   */
  partitionUnits: 1_000,
  newTableUnits: 4_000,
  /** What a table takes at once is twice its previous peak; only a peak of this age counts. */
  peakAgeSeconds: 1_800,
  /** Default quota of a table, for reads and for writes alike: here a read counts as much as a write. */
  mostTableUnits: 40_000,

  /** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html: 500 a minute and service. */
  launchesPerSecond: 500 / 60,
  /** From the launch to the first message; an assumption for an image of some 230 MB. */
  taskStartSeconds: [30, 60],
  /** https://aws.amazon.com/fargate/pricing/ */
  shortestBilledSeconds: 60,

  /**
   * Metrics come once a minute and a minute late; target tracking's alarms want three minutes above the target before
   * tasks are added and fifteen below nine tenths of it before any is taken away. The minutes are what its alarms show
   * when it has made them; AWS does not promise them.
   */
  metricSeconds: 60,
  metricDelaySeconds: 60,
  pointsToScaleOut: 3,
  pointsToScaleIn: 15,
  scaleInShare: 0.9,

  /** From an object's creation to its message in the queue, by way of SNS: an assumption. */
  eventSeconds: 1,
} as const;

/** Answers of DynamoDB and S3, one after the other: "single-digit milliseconds" and some tens, assumed. */
export const LATENCY = {
  /** Some 17 calls on receipt, lock, ledger and summary, and the object read twice. */
  secondsPerFile: 17 * 0.01 + 2 * 0.05,
  /** A read of 100 rows and what follows of writes. */
  secondsPerHundredRows: 0.02,
} as const;
