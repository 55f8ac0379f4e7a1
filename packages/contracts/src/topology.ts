import { EARLIEST_INVOICE_DATE, FIELD_NAMES } from "./invoice.ts";
import { RECORDS_DAYS } from "./items.ts";

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
  /** True: pages may send parts there by presigned addresses, and read the ETag of the answer. */
  readonly browserUploads?: true;
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

/** Objects at `{prefix}{partition.column}={value}/…`, one CSV with a header each. */
export interface ReportTableDeclaration {
  readonly bucket: BucketName;
  readonly prefix: string;
  readonly columns: readonly string[];
  readonly partition: {
    readonly column: string;
    /** First and last ISO date, as Athena's partition projection writes them. */
    readonly range: readonly [from: string, to: string];
  };
}

const days = (count: number): number => count * 86_400;

/** Every date that an invoice can be accepted with: see the check `date_in_range`. */
const DAILY = { column: "dt", range: [EARLIEST_INVOICE_DATE, "NOW+1YEARS"] } as const;

const buckets = {
  /** What stores send; drops land here as well. */
  inventory: {
    notifies: "inventory-uploaded",
    browserUploads: true,
    versioned: true,
    expireOldVersionsAfterDays: 90,
    abortIncompleteUploadsAfterDays: 1,
  },
  /** What the workers derive: rejected rows, results too large for an item. It lives as long as the receipts. */
  results: { versioned: false, expireAfterDays: RECORDS_DAYS, abortIncompleteUploadsAfterDays: 1 },
  /** What finance sends; the worker keeps a copy elsewhere before it does anything with it. */
  "invoice-txt-src": {
    notifies: "invoice_text",
    browserUploads: true,
    versioned: true,
    expireAfterDays: 1,
    expireOldVersionsAfterDays: 1,
    abortIncompleteUploadsAfterDays: 1,
  },
  /** The originals of invoices, and the CSV of those that were accepted: what the report reads. */
  "invoice-csv-dest": { versioned: true, expireOldVersionsAfterDays: 90, abortIncompleteUploadsAfterDays: 1 },
} as const satisfies Record<string, Omit<BucketDeclaration, "notifies"> & { notifies?: string }>;

const topics = ["inventory-uploaded", "invoice_text", "NoStock"] as const;

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
  invoice: {
    visibilityTimeoutSeconds: 30,
    retentionSeconds: days(14),
    redrive: { deadLetterQueue: "invoice-dlq", maxReceiveCount: 50 },
  },
  "invoice-dlq": { visibilityTimeoutSeconds: 60, retentionSeconds: days(14) },
  /** Shows on one machine what would have been mailed. */
  "alert-inbox": { visibilityTimeoutSeconds: 30, retentionSeconds: days(1), localOnly: true },
} as const satisfies Record<string, QueueDeclaration>;

const subscriptions = [
  { topic: "inventory-uploaded", queue: "ingest", rawMessageDelivery: true },
  { topic: "invoice_text", queue: "invoice", rawMessageDelivery: true },
  { topic: "NoStock", queue: "alert-inbox", rawMessageDelivery: false, localOnly: true },
] as const satisfies readonly SubscriptionDeclaration[];

/** What a list of invoices shows. */
const INVOICE_SUMMARY = [
  "Status",
  "UploadId",
  "ReceivedAt",
  "Date",
  "From",
  "To",
  "Amount",
  "Tax",
  "Total",
] as const;

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
  /** One record an invoice, and (under DAYS_KEY) the days on which any was received. */
  Invoices: {
    partitionKey: "CustomerId",
    sortKey: "InvoiceId",
    indexes: {
      byDay: { partitionKey: "Day", sortKey: "Version", projects: INVOICE_SUMMARY },
      byCustomer: { partitionKey: "CustomerId", sortKey: "Version", projects: INVOICE_SUMMARY },
      /** Sparse: only what waits for a corrected file has the attribute. */
      quarantined: { partitionKey: "Quarantined", sortKey: "Version", projects: INVOICE_SUMMARY },
    },
  },
  /** What the live page is told, by the minute in which it was appended. */
  Events: { partitionKey: "Minute", sortKey: "EventId", timeToLive: "ExpiresAt" },
  /** One item a key, by its id; the secret's digest, never the secret. */
  ApiKeys: { partitionKey: "KeyId" },
  /** One item an `Idempotency-Key` of a caller: what was answered, for a day. */
  IdempotencyKeys: { partitionKey: "CallerKey", timeToLive: "ExpiresAt" },
  /** One item a presigned upload under way: its parts. */
  PendingUploads: { partitionKey: "UploadId", timeToLive: "ExpiresAt" },
  /** One item a store: the counts at or below which its items are low. */
  Thresholds: { partitionKey: "Store" },
} as const satisfies Record<string, TableDeclaration>;

/**
 * Which stream records concern staff. A new item that is out, or a change of Level that is `out` (anything to
 * out), `back` (out, or retired while it was out, to anything) or `low` (ok to low); everything else stays away from the
 * queue. Counts cannot be compared here, so the worker sorts out items that come back from being retired.
 */
const levelTransitions: readonly EventPattern[] = [
  { eventName: ["INSERT"], dynamodb: { NewImage: { Level: { S: ["out"] } } } },
  {
    eventName: ["MODIFY"],
    dynamodb: { OldImage: { Level: { S: ["ok", "low", "retired"] } }, NewImage: { Level: { S: ["out"] } } },
  },
  {
    eventName: ["MODIFY"],
    dynamodb: { OldImage: { Level: { S: ["out", "retired"] } }, NewImage: { Level: { S: ["ok", "low"] } } },
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

/** CSV objects as tables: Athena's by partition projection, DuckDB's locally. Every column is text. */
const reportTables = {
  invoices: {
    bucket: "invoice-csv-dest",
    prefix: "invoices/",
    columns: FIELD_NAMES,
    partition: DAILY,
  },
  invoice_lines: {
    bucket: "invoice-csv-dest",
    prefix: "invoice-lines/",
    columns: ["customer_id", "invoice_id", "date", "line", "item", "price", "tax"],
    partition: DAILY,
  },
} as const satisfies Record<string, Omit<ReportTableDeclaration, "bucket"> & { bucket: string }>;

export type BucketName = keyof typeof buckets;
export type TopicName = (typeof topics)[number];
export type QueueName = keyof typeof queues;
export type TableName = keyof typeof tables;
export type PipeName = keyof typeof pipes;
export type ReportTableName = keyof typeof reportTables;

export interface Topology {
  readonly buckets: Readonly<Record<BucketName, BucketDeclaration>>;
  readonly topics: readonly TopicName[];
  readonly queues: Readonly<Record<QueueName, QueueDeclaration>>;
  readonly subscriptions: readonly SubscriptionDeclaration[];
  readonly tables: Readonly<Record<TableName, TableDeclaration>>;
  readonly pipes: Readonly<Record<PipeName, PipeDeclaration>>;
  readonly reportTables: Readonly<Record<ReportTableName, ReportTableDeclaration>>;
}

export const topology: Topology = { buckets, topics, queues, subscriptions, tables, pipes, reportTables };
