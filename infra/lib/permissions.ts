import type { BucketName, QueueName, TableName, TopicName } from "@stockwire/contracts/topology";
import type { ServiceName } from "./service-catalogue.ts";

/** One resource, or what lies in it. */
export type Target =
  | { readonly bucket: BucketName | "reports" }
  | { readonly objectsOf: BucketName | "reports" }
  | { readonly queue: QueueName }
  | { readonly topic: TopicName }
  | { readonly table: TableName }
  | { readonly index: readonly [table: TableName, index: string] }
  | { readonly is: "workgroup" | "catalogue" | "topic-key" | "own-tasks" | "subscriptions" };

export interface Grant {
  readonly on: Target;
  readonly actions: readonly string[];
  /** `StringEquals` of a condition key. */
  readonly where?: Readonly<Record<string, readonly string[]>>;
}

const workQueue = (queue: QueueName, deadLetters: QueueName): Grant[] => [
  {
    on: { queue },
    // Sending: a message that only waits for its turn is replaced by a copy before the redrive counts it out.
    actions: [
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:ChangeMessageVisibility",
      "sqs:GetQueueAttributes",
      "sqs:SendMessage",
    ],
  },
  { on: { queue: deadLetters }, actions: ["sqs:SendMessage", "sqs:GetQueueAttributes"] },
  { on: { is: "own-tasks" }, actions: ["ecs:UpdateTaskProtection"] },
];

/** Without leave to list, S3 answers 403 for what is not there, and "gone" could not be told from "forbidden". */
const LIST = ["s3:ListBucket"] as const;
/** For holding buckets against receipts: a drop's upload id is made of its version. */
const LIST_VERSIONS = ["s3:ListBucketVersions", "s3:GetBucketVersioning"] as const;
const READ_VERSIONS = ["s3:GetObject", "s3:GetObjectVersion"] as const;

/**
 * What the API makes of a request's files, and takes back when one of them fails. Whoever has a presigned address puts a
 * part with the right to put that the task's role had when it signed.
 */
const intake = (bucket: BucketName): Grant[] => [
  { on: { bucket }, actions: LIST },
  {
    on: { objectsOf: bucket },
    actions: [
      ...READ_VERSIONS,
      "s3:PutObject",
      "s3:AbortMultipartUpload",
      "s3:ListMultipartUploadParts",
      "s3:DeleteObjectVersion",
    ],
  },
];

/** A worker's marks on receipts, and its look for those that have no end. */
const RECEIPTS: readonly Grant[] = [
  {
    on: { table: "Uploads" },
    actions: ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
  },
  { on: { index: ["Uploads", "byDay"] }, actions: ["dynamodb:Query"] },
];

/** Exactly what each service calls; tests hold this against the code in both directions. */
export const permissions: Readonly<Record<ServiceName, readonly Grant[]>> = {
  "upload-api": [
    ...intake("inventory"),
    ...intake("invoice-txt-src"),
    { on: { bucket: "results" }, actions: LIST },
    { on: { objectsOf: "results" }, actions: ["s3:GetObject"] },
    // Athena reads for the caller, so the caller must be allowed to; the same for the catalogue and the results.
    { on: { bucket: "invoice-csv-dest" }, actions: [...LIST, "s3:GetBucketLocation"] },
    { on: { objectsOf: "invoice-csv-dest" }, actions: ["s3:GetObject"] },
    { on: { bucket: "reports" }, actions: [...LIST, "s3:GetBucketLocation"] },
    { on: { objectsOf: "reports" }, actions: ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"] },
    { on: { is: "catalogue" }, actions: ["glue:GetDatabase", "glue:GetTable"] },
    {
      on: { is: "workgroup" },
      actions: [
        "athena:StartQueryExecution",
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:StopQueryExecution",
      ],
    },
    {
      on: { table: "Uploads" },
      actions: [
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:DescribeTable",
      ],
    },
    { on: { index: ["Uploads", "byDay"] }, actions: ["dynamodb:Query"] },
    { on: { index: ["Uploads", "byStore"] }, actions: ["dynamodb:Query"] },
    {
      on: { table: "Inventory" },
      actions: ["dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"],
    },
    { on: { table: "Stores" }, actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan"] },
    { on: { table: "Thresholds" }, actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"] },
    { on: { table: "ApiKeys" }, actions: ["dynamodb:GetItem"] },
    { on: { table: "Events" }, actions: ["dynamodb:BatchWriteItem", "dynamodb:Query"] },
    {
      on: { table: "IdempotencyKeys" },
      actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
    },
    {
      on: { table: "PendingUploads" },
      actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Scan"],
    },
    // People and their systems: never a queue or a function, through which alerts would leave unseen.
    {
      on: { topic: "NoStock" },
      actions: ["sns:Subscribe"],
      where: { "sns:Protocol": ["email", "sms", "https"] },
    },
    { on: { topic: "NoStock" }, actions: ["sns:ListSubscriptionsByTopic"] },
    {
      on: { is: "subscriptions" },
      actions: ["sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Unsubscribe"],
    },
    { on: { table: "Alerts" }, actions: ["dynamodb:GetItem", "dynamodb:Query"] },
    { on: { index: ["Alerts", "byDay"] }, actions: ["dynamodb:Query"] },
    { on: { index: ["Alerts", "byStore"] }, actions: ["dynamodb:Query"] },
    { on: { table: "Invoices" }, actions: ["dynamodb:GetItem"] },
    { on: { index: ["Invoices", "byDay"] }, actions: ["dynamodb:Query"] },
    { on: { index: ["Invoices", "byCustomer"] }, actions: ["dynamodb:Query"] },
    { on: { index: ["Invoices", "quarantined"] }, actions: ["dynamodb:Query"] },
  ],
  "ingest-worker": [
    ...workQueue("ingest", "ingest-dlq"),
    { on: { bucket: "inventory" }, actions: [...LIST, ...LIST_VERSIONS] },
    { on: { objectsOf: "inventory" }, actions: READ_VERSIONS },
    // What a large file's first pass found is kept there for as long as the second is under way.
    { on: { bucket: "results" }, actions: LIST },
    {
      on: { objectsOf: "results" },
      actions: ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"],
    },
    {
      on: { table: "Inventory" },
      actions: [
        "dynamodb:BatchGetItem",
        "dynamodb:PartiQLInsert",
        "dynamodb:PartiQLUpdate",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodb:UpdateItem",
        "dynamodb:DescribeTable",
      ],
    },
    ...RECEIPTS,
    { on: { table: "Alerts" }, actions: ["dynamodb:Query"] },
    // What nobody was told of is handed to the alert worker as the pipe does.
    { on: { queue: "alert" }, actions: ["sqs:SendMessage", "sqs:GetQueueAttributes"] },
    {
      on: { table: "Loads" },
      actions: [
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:Query",
      ],
    },
    { on: { table: "Stores" }, actions: ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:PutItem"] },
    {
      on: { table: "Thresholds" },
      actions: ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"],
    },
    { on: { table: "Events" }, actions: ["dynamodb:BatchWriteItem"] },
  ],
  "alert-worker": [
    ...workQueue("alert", "alert-dlq"),
    { on: { topic: "NoStock" }, actions: ["sns:Publish", "sns:GetTopicAttributes"] },
    { on: { is: "topic-key" }, actions: ["kms:Decrypt", "kms:GenerateDataKey"] },
    {
      on: { table: "Alerts" },
      actions: [
        "dynamodb:GetItem",
        "dynamodb:PartiQLInsert",
        "dynamodb:PartiQLUpdate",
        "dynamodb:UpdateItem",
      ],
    },
    { on: { table: "Events" }, actions: ["dynamodb:BatchWriteItem"] },
  ],
  "invoice-worker": [
    ...workQueue("invoice", "invoice-dlq"),
    { on: { bucket: "invoice-txt-src" }, actions: [...LIST, ...LIST_VERSIONS] },
    { on: { objectsOf: "invoice-txt-src" }, actions: READ_VERSIONS },
    { on: { bucket: "invoice-csv-dest" }, actions: LIST },
    { on: { objectsOf: "invoice-csv-dest" }, actions: ["s3:GetObject", "s3:PutObject"] },
    ...RECEIPTS,
    {
      on: { table: "Invoices" },
      actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DescribeTable"],
    },
    { on: { table: "Events" }, actions: ["dynamodb:BatchWriteItem"] },
  ],
};
