import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type DynamoDBDocumentClient, paginateScan, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { type InventoryItem, LOADS_DAYS } from "@stockwire/contracts/items";
import { compositeKey } from "@stockwire/contracts/keys";
import { transitionOf } from "@stockwire/contracts/level";
import type { InventoryStreamRecord } from "@stockwire/contracts/stream-record";
import { createThresholdsTable } from "../stock/thresholds-table.ts";
import { readBacklog } from "./read-backlog.ts";
import { type Before, type LastAlert, untoldOf } from "./untold-of.ts";

export interface AlertSources {
  readonly dynamo: DynamoDBDocumentClient;
  readonly sqs: SQSClient;
  readonly inventoryTable: string;
  readonly alertsTable: string;
  readonly thresholdsTable: string;
  /** The queue `alert`. */
  readonly queueUrl: string;
}

export interface AlertPass {
  /** `recent`: rows whose last write may have been news; `full`: every row, in case a later write hides the news. */
  readonly depth: "recent" | "full";
  /** ISO 8601: rows written before then were looked at. */
  readonly since?: string;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly pauseMilliseconds: number;
  /** How long the pipe and the alert worker are given, in milliseconds. */
  readonly graceMilliseconds?: number;
  /** Look although messages wait: what is among them is raised beside it, and the claim decides. */
  readonly evenIfBehind?: boolean;
  /** Told of each transition that nobody was told of. */
  readonly onFound?: (row: InventoryItem, kind: string) => void;
}

export interface AlertsReport {
  /** Rows whose last alert was looked up. */
  readonly looked: number;
  readonly untold: number;
  readonly raised: number;
  /** Nothing was looked at: messages wait in the queue, so what staff know will change. */
  readonly isBehind: boolean;
  /** ISO 8601: rows written before then have been looked at. */
  readonly upTo: string;
}

const GRACE = 10 * 60_000;
/** Alerts are kept for that long at least: further back, a missing record proves nothing. */
const OLDEST = (LOADS_DAYS - 1) * 86_400_000;
const PAGE = 500;
const PARALLEL = 8;

/**
 * Compares the rows of `Inventory` with the last record of each item in `Alerts`, and hands what nobody was told of to the
 * queue `alert`, in the shape in which the pipe sends it: the alert worker claims it like any other, so what was told
 * meanwhile, or is raised twice, is told once.
 */
export const reconcileAlerts = async (sources: AlertSources, pass: AlertPass): Promise<AlertsReport> => {
  const { dynamo, sqs, queueUrl } = sources;
  const { signal } = pass;
  const now = Date.now();
  const upTo = new Date(now - (pass.graceMilliseconds ?? GRACE)).toISOString();
  const oldest = new Date(now - OLDEST).toISOString();
  const since = pass.since !== undefined && pass.since > oldest ? pass.since : oldest;
  const count = { looked: 0, untold: 0, raised: 0 };
  const { waiting } = await readBacklog(sqs, queueUrl, signal);
  if (waiting > 0 && pass.evenIfBehind !== true) return { ...count, isBehind: true, upTo: since };

  const thresholds = createThresholdsTable(dynamo, sources.thresholdsTable);
  const look = async (row: InventoryItem): Promise<void> => {
    count.looked += 1;
    const last = await lastAlert(sources, row, signal);
    const store = row.Level === "low" ? await thresholds.get(row.Store) : undefined;
    const untold = untoldOf(row, last, store, now - (pass.graceMilliseconds ?? GRACE));
    if (untold === undefined) return;
    const kind = transitionOf(untold.before, { count: row.Count, level: row.Level });
    if (kind === undefined) return;
    count.untold += 1;
    pass.onFound?.(row, kind);
    if (pass.dryRun) return;
    const MessageBody = toMessageBody(asPipeSends(row, untold));
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
    count.raised += 1;
  };
  for await (const rows of scanRows(sources, pass.depth, [since, upTo], signal)) {
    for (let start = 0; start < rows.length; start += PARALLEL) {
      await Promise.all(rows.slice(start, start + PARALLEL).map(look));
    }
    signal.throwIfAborted();
    if (pass.pauseMilliseconds > 0) await sleep(pass.pauseMilliseconds, undefined, { signal });
  }
  return { ...count, isBehind: false, upTo };
};

/** Pages of the rows written between two times that may be news. DynamoDB reads, and charges, the whole table. */
async function* scanRows(
  { dynamo, inventoryTable }: AlertSources,
  depth: AlertPass["depth"],
  [since, upTo]: readonly [string, string],
  signal: AbortSignal,
): AsyncGenerator<readonly InventoryItem[]> {
  const maybeNews = "(#Level IN (:out, :low) OR attribute_type(Previous, :null) OR Previous = :zero)";
  const pages = paginateScan(
    { client: dynamo, pageSize: PAGE },
    {
      TableName: inventoryTable,
      FilterExpression: `UpdatedAt BETWEEN :since AND :upTo AND #Level <> :retired${depth === "full" ? "" : ` AND ${maybeNews}`}`,
      ExpressionAttributeNames: { "#Level": "Level" },
      ExpressionAttributeValues: {
        ":since": since,
        ":upTo": upTo,
        ":retired": "retired",
        ...(depth === "recent" && { ":out": "out", ":low": "low", ":null": "NULL", ":zero": 0 }),
      },
    },
    { abortSignal: signal },
  );
  for await (const { Items = [] } of pages) yield Items as InventoryItem[];
}

const lastAlert = async (
  { dynamo, alertsTable }: AlertSources,
  { Store, Item }: InventoryItem,
  signal: AbortSignal,
): Promise<LastAlert | undefined> => {
  const { Items } = await dynamo.send(
    new QueryCommand({
      TableName: alertsTable,
      KeyConditionExpression: "StoreItem = :storeItem",
      ExpressionAttributeValues: { ":storeItem": compositeKey(Store, Item) },
      ScanIndexForward: false,
      Limit: 1,
      ConsistentRead: true,
    }),
    { abortSignal: signal },
  );
  return Items?.[0] as LastAlert | undefined;
};

const asPipeSends = (row: InventoryItem, { before }: Before): InventoryStreamRecord => {
  const NewImage = {
    Store: { S: row.Store },
    Item: { S: row.Item },
    Count: { N: String(row.Count) },
    Level: { S: row.Level },
    Version: { S: row.Version },
    UploadId: { S: row.UploadId },
    UpdatedAt: { S: row.UpdatedAt },
  };
  const eventID = `reconcile:${row.Version}`;
  if (before === undefined) return { eventID, eventName: "INSERT", dynamodb: { NewImage } };
  const OldImage = { ...NewImage, Count: { N: String(before.count) }, Level: { S: before.level } };
  return { eventID, eventName: "MODIFY", dynamodb: { NewImage, OldImage } };
};

/** Some emulators of SQS refuse characters beyond the basic plane; escaped they are the same JSON. */
const toMessageBody = (record: InventoryStreamRecord): string =>
  JSON.stringify(record).replace(
    /[\ud800-\udfff\ufffe\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
