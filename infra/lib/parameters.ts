import { RECORDS_DAYS } from "@stockwire/contracts/items";
import type { WorkerName } from "./service-catalogue.ts";

/** Everything in which one environment may differ from another; all else follows from the topology. */
export interface EnvironmentParameters {
  /** Part of every physical name, so that several environments fit one account. At most eight characters. */
  readonly name: string;
  /** Only needed with `tables.replicaRegions`: a replica's region must differ from one that is known. */
  readonly region?: string;
  readonly network: NetworkParameters;
  readonly buckets: BucketParameters;
  readonly tables: TableParameters;
  readonly pipe: PipeParameters;
  readonly api: ApiParameters;
  readonly workers: Readonly<Record<WorkerName, WorkerParameters>>;
  readonly reports: { readonly scanLimitBytes: number; readonly resultDays: number };
  readonly retention: RetentionParameters;
  readonly logDays: number;
  /** Where true, users outlive their stack, and the load balancer is not deleted before that is lifted. */
  readonly isProtected: boolean;
}

interface NetworkParameters {
  readonly cidr: string;
  readonly zones: 2 | 3;
  /** `nat`: one NAT gateway, cheapest. `endpoints`: no way out; an interface endpoint for every service called. */
  readonly wayOut: "nat" | "endpoints";
}

export interface BucketParameters {
  /** Inventory files that nobody reads any more move to infrequent access; S3 takes no less than 30. */
  readonly infrequentAccessAfterDays: number;
  readonly accessLogDays: number;
}

export interface RetentionParameters {
  /** Days that receipts are kept, and the rejected rows that they name (bucket `results`); 35 at least. */
  readonly receiptDays: number;
  /** Days that alerts are kept; 35 at least. */
  readonly alertDays: number;
  /**
   * Days that objects which were overwritten or deleted can be brought back, in the buckets that keep their objects;
   * 35 at least. Absent: what the topology says.
   */
  readonly oldVersionDays?: number;
}

export interface TableParameters {
  /** How far back a table can be restored to any second, 1 to 35. */
  readonly pointInTimeRecoveryDays: number;
  /**
   * Regions that hold passive copies. Nobody may write to one: replicas settle conflicts by the last writer's clock,
   * which overrides the version conditions, so an older file could overwrite a newer one's row (rule 3).
   */
  readonly replicaRegions: readonly string[];
}

export interface PipeParameters {
  readonly maximumRetryAttempts: number;
  /** A stream keeps a record for a day; asking for more changes nothing. */
  readonly maximumRecordAgeSeconds: number;
}

export interface ApiParameters {
  /**
   * `public` replaces the load balancer. Keys and tokens are in force either way, so callers on the internet need one;
   * before you open it, know who holds a key (`npm run keys -- list`), and think of `firewall`.
   */
  readonly exposure: "internal" | "public";
  /** Networks that may call; empty: the VPC itself. */
  readonly callers: readonly string[];
  /** Pages besides the dashboard that may call the API and send parts to the bucket, like `https://till.example`. */
  readonly origins: readonly string[];
  /**
   * The user pool's public keys, as `/.well-known/jwks.json` of its issuer has them. Only needed without a way out: tasks
   * cannot fetch them then, and until they are given here nobody signs in. Bring them up to date when the pool gets new ones.
   */
  readonly signInKeys?: string;
  readonly firewall: boolean;
  readonly size: TaskSize;
  readonly tasks: TaskRange;
  readonly requestsPerTaskAndMinute: number;
  readonly cpuPercent: number;
}

/** Fargate's units: 1024 is one virtual processor; memory in MiB. */
export interface TaskSize {
  readonly cpu: number;
  readonly memory: number;
}

interface TaskRange {
  readonly fewest: number;
  readonly most: number;
}

export interface WorkerParameters {
  readonly size: TaskSize;
  /** `fewest: 0` stops the service when its queue is empty; a message then waits some minutes for a task. */
  readonly tasks: TaskRange;
  /** Share of tasks on Fargate Spot, 0 to 100; below 100 the first task runs on demand. */
  readonly spotPercent: number;
  readonly backlog: BacklogParameters;
}

/** From what a message costs, and how long it may wait, follows how many may wait for each task. */
export interface BacklogParameters {
  readonly wantedDelaySeconds: number;
  /** Processor time of one message on one virtual processor, in seconds; see docs/performance.md. */
  readonly processorSecondsPerMessage: number;
}

/**
 * Processor time of the workers, in seconds. A file and a row that changes: `bench/cpu-per-row.ts`, of the worker's
 * process alone, so the time of whatever stands in for AWS is not in it. A call to AWS is an estimate for the two others.
 */
const MEASURED = { secondsPerFile: 0.018, secondsPerRow: 0.095e-3, secondsPerCall: 1.35e-3 };

/**
 * A file is reckoned with three thousand rows, three times what is usual: the backlog counts files and not rows, and too
 * many tasks for a while cost cents where too few cost minutes (docs/capacity.md). An invoice takes some twelve calls, a
 * transition some five.
 */
const processorSeconds: Readonly<Record<WorkerName, number>> = {
  "ingest-worker": MEASURED.secondsPerFile + 3_000 * MEASURED.secondsPerRow,
  "invoice-worker": 12 * MEASURED.secondsPerCall,
  "alert-worker": 5 * MEASURED.secondsPerCall,
};

const backlog = (worker: WorkerName, wantedDelaySeconds: number): BacklogParameters => ({
  wantedDelaySeconds,
  processorSecondsPerMessage: processorSeconds[worker],
});

/**
 * Tasks of one service. Prometheus finds them by name, and Cloud Map answers a query with eight addresses at most: beyond
 * that, series would come and go. More would not help much either: see docs/capacity.md.
 */
const MOST_TASKS = 8;

/** Twice what the largest invoices that are read took it to: see docs/containers.md. */
const INVOICE_MEMORY = 2048;

export const dev: EnvironmentParameters = {
  name: "dev",
  network: { cidr: "10.40.0.0/16", zones: 2, wayOut: "nat" },
  buckets: { infrequentAccessAfterDays: 30, accessLogDays: 14 },
  tables: { pointInTimeRecoveryDays: 7, replicaRegions: [] },
  pipe: { maximumRetryAttempts: 1_000, maximumRecordAgeSeconds: 86_400 },
  api: {
    exposure: "internal",
    callers: [],
    origins: [],
    firewall: false,
    size: { cpu: 256, memory: 512 },
    tasks: { fewest: 1, most: 2 },
    requestsPerTaskAndMinute: 1_000,
    cpuPercent: 60,
  },
  workers: {
    "ingest-worker": {
      size: { cpu: 256, memory: 512 },
      tasks: { fewest: 1, most: 4 },
      spotPercent: 100,
      backlog: backlog("ingest-worker", 60),
    },
    "alert-worker": {
      size: { cpu: 256, memory: 512 },
      tasks: { fewest: 1, most: 2 },
      spotPercent: 100,
      backlog: backlog("alert-worker", 15),
    },
    "invoice-worker": {
      size: { cpu: 256, memory: INVOICE_MEMORY },
      tasks: { fewest: 1, most: 2 },
      spotPercent: 100,
      backlog: backlog("invoice-worker", 60),
    },
  },
  reports: { scanLimitBytes: 1024 ** 3, resultDays: 1 },
  retention: { receiptDays: 90, alertDays: 90, oldVersionDays: 35 },
  logDays: 14,
  isProtected: false,
};

export const prod: EnvironmentParameters = {
  name: "prod",
  network: { cidr: "10.50.0.0/16", zones: 3, wayOut: "endpoints" },
  buckets: { infrequentAccessAfterDays: 30, accessLogDays: 90 },
  tables: { pointInTimeRecoveryDays: 35, replicaRegions: [] },
  pipe: { maximumRetryAttempts: 1_000, maximumRecordAgeSeconds: 86_400 },
  api: {
    exposure: "internal",
    callers: [],
    origins: [],
    firewall: false,
    size: { cpu: 512, memory: 1024 },
    tasks: { fewest: 2, most: MOST_TASKS },
    requestsPerTaskAndMinute: 1_500,
    cpuPercent: 60,
  },
  workers: {
    "ingest-worker": {
      size: { cpu: 1024, memory: 2048 },
      tasks: { fewest: 1, most: MOST_TASKS },
      spotPercent: 50,
      backlog: backlog("ingest-worker", 60),
    },
    "alert-worker": {
      size: { cpu: 512, memory: 1024 },
      tasks: { fewest: 1, most: MOST_TASKS },
      spotPercent: 0,
      backlog: backlog("alert-worker", 15),
    },
    "invoice-worker": {
      size: { cpu: 512, memory: INVOICE_MEMORY },
      tasks: { fewest: 1, most: MOST_TASKS },
      spotPercent: 50,
      backlog: backlog("invoice-worker", 60),
    },
  },
  reports: { scanLimitBytes: 100 * 1024 ** 3, resultDays: 7 },
  retention: { receiptDays: RECORDS_DAYS, alertDays: RECORDS_DAYS },
  logDays: 90,
  isProtected: true,
};

export const environments: readonly EnvironmentParameters[] = [dev, prod];
