/**
 * Every cloud resource, declared once as plain data under logical names.
 *
 * `infra` builds AWS from this and `packages/local-aws` provisions the emulators from it, so the two cannot
 * drift. Physical names are decided by whoever builds: locally they are the logical ones, on AWS they carry
 * environment, account and region.
 */

export interface BucketDeclaration {
  /** Topic that is told of every object created; absent: nobody is. */
  readonly notifies?: TopicName;
  readonly versioned: boolean;
  /** Days until an object expires; absent: kept. */
  readonly expireAfterDays?: number;
  /** Days until a noncurrent version expires; only meaningful where versioned. */
  readonly expireOldVersionsAfterDays?: number;
  /** Days until an unfinished multipart upload is aborted. */
  readonly abortIncompleteUploadsAfterDays: number;
}

export interface QueueDeclaration {
  /** Seconds a received message stays hidden; the worker's heartbeat renews it. */
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  /** The backstop only: attempts are counted and given up by the workers themselves. */
  readonly redrive?: { readonly deadLetterQueue: string; readonly maxReceiveCount: number };
  /** True for queues that exist to show something on one machine and are not deployed. */
  readonly localOnly?: boolean;
}

export interface SubscriptionDeclaration {
  readonly topic: TopicName;
  readonly queue: QueueName;
  readonly rawMessageDelivery: boolean;
  readonly localOnly?: boolean;
}

export interface IndexDeclaration {
  readonly partitionKey: string;
  readonly sortKey: string;
  /** Attributes copied besides the keys. */
  readonly projects: readonly string[];
}

export interface TableDeclaration {
  readonly partitionKey: string;
  readonly sortKey?: string;
  readonly indexes?: Readonly<Record<string, IndexDeclaration>>;
  readonly stream?: "NEW_AND_OLD_IMAGES";
  /** Attribute holding the epoch second at which DynamoDB may delete the item. */
  readonly timeToLive?: string;
}

/** An EventBridge pattern in its smallest form: every leaf is a list of exact values. */
export interface EventPattern {
  readonly [field: string]: readonly string[] | EventPattern;
}

export interface PipeDeclaration {
  readonly sourceTable: TableName;
  readonly targetQueue: QueueName;
  /** A record passes when any one pattern matches. Numbers in stream records are strings, so only equality works. */
  readonly filters: readonly EventPattern[];
}

const days = (count: number): number => count * 86_400;

const buckets = {
  /** What stores send; drops land here as well. */
  inventory: {
    notifies: "inventory-uploaded",
    versioned: true,
    expireOldVersionsAfterDays: 90,
    abortIncompleteUploadsAfterDays: 1,
  },
  /** What the workers derive: rejected rows, results too large for an item. */
  results: { versioned: false, expireAfterDays: 400, abortIncompleteUploadsAfterDays: 1 },
} as const satisfies Record<string, Omit<BucketDeclaration, "notifies"> & { notifies?: string }>;

const topics = ["inventory-uploaded", "NoStock"] as const;

const queues = {
  ingest: {
    // How long a file waits after its worker was killed.
    visibilityTimeoutSeconds: 30,
    retentionSeconds: days(14),
    redrive: { deadLetterQueue: "ingest-dlq", maxReceiveCount: 50 },
  },
  "ingest-dlq": { visibilityTimeoutSeconds: 60, retentionSeconds: days(14) },
  alert: {
    visibilityTimeoutSeconds: 60,
    retentionSeconds: days(14),
    redrive: { deadLetterQueue: "alert-dlq", maxReceiveCount: 50 },
  },
  "alert-dlq": { visibilityTimeoutSeconds: 60, retentionSeconds: days(14) },
  /** Shows on one machine what would have been mailed. */
  "alert-inbox": { visibilityTimeoutSeconds: 30, retentionSeconds: days(1), localOnly: true },
} as const satisfies Record<string, QueueDeclaration>;

const subscriptions = [
  { topic: "inventory-uploaded", queue: "ingest", rawMessageDelivery: true },
  { topic: "NoStock", queue: "alert-inbox", rawMessageDelivery: false, localOnly: true },
] as const satisfies readonly SubscriptionDeclaration[];

const tables = {
  /** One item a store and product: Count, Level, Version, Line, UploadId, UpdatedAt. */
  Inventory: { partitionKey: "Store", sortKey: "Item", stream: "NEW_AND_OLD_IMAGES" },
  /** One receipt an upload, and (under DAYS_KEY) the days that have any. */
  Uploads: {
    partitionKey: "UploadId",
    indexes: {
      byDay: { partitionKey: "Day", sortKey: "Version", projects: ["Kind", "Status"] },
      byStore: { partitionKey: "Store", sortKey: "Version", projects: ["Kind", "Status"] },
    },
    timeToLive: "ExpiresAt",
  },
  /** The order protocol's ledger: which load holds which store at which version. */
  Loads: { partitionKey: "Store", sortKey: "Version", timeToLive: "ExpiresAt" },
  /** One record a transition, (under DAYS_KEY) the days that have any, and digest slots. */
  Alerts: {
    partitionKey: "StoreItem",
    sortKey: "Version",
    indexes: {
      byDay: {
        partitionKey: "Day",
        sortKey: "At",
        projects: ["Store", "Item", "Kind", "Count", "Previous", "Message", "PublishedAt"],
      },
      byStore: {
        partitionKey: "Store",
        sortKey: "At",
        projects: ["Item", "Kind", "Count", "Previous", "Message", "PublishedAt"],
      },
    },
    timeToLive: "ExpiresAt",
  },
  /** One summary a store, recomputed after each load. */
  Stores: { partitionKey: "Store" },
} as const satisfies Record<string, TableDeclaration>;

/**
 * Which stream records concern staff. A new item that is out, or a change of Level that is `out` (anything to
 * out), `back` (out to anything) or `low` (ok to low); everything else stays away from the queue.
 */
const levelTransitions: readonly EventPattern[] = [
  { eventName: ["INSERT"], dynamodb: { NewImage: { Level: { S: ["out"] } } } },
  {
    eventName: ["MODIFY"],
    dynamodb: { OldImage: { Level: { S: ["ok", "low"] } }, NewImage: { Level: { S: ["out"] } } },
  },
  {
    eventName: ["MODIFY"],
    dynamodb: { OldImage: { Level: { S: ["out"] } }, NewImage: { Level: { S: ["ok", "low"] } } },
  },
  {
    eventName: ["MODIFY"],
    dynamodb: { OldImage: { Level: { S: ["ok"] } }, NewImage: { Level: { S: ["low"] } } },
  },
];

const pipes = {
  "inventory-alerts": { sourceTable: "Inventory", targetQueue: "alert", filters: levelTransitions },
} as const satisfies Record<
  string,
  { sourceTable: string; targetQueue: string; filters: readonly EventPattern[] }
>;

export type BucketName = keyof typeof buckets;
export type TopicName = (typeof topics)[number];
export type QueueName = keyof typeof queues;
export type TableName = keyof typeof tables;
export type PipeName = keyof typeof pipes;

export interface Topology {
  readonly buckets: Readonly<Record<BucketName, BucketDeclaration>>;
  readonly topics: readonly TopicName[];
  readonly queues: Readonly<Record<QueueName, QueueDeclaration>>;
  readonly subscriptions: readonly SubscriptionDeclaration[];
  readonly tables: Readonly<Record<TableName, TableDeclaration>>;
  readonly pipes: Readonly<Record<PipeName, PipeDeclaration>>;
}

export const topology: Topology = { buckets, topics, queues, subscriptions, tables, pipes };
