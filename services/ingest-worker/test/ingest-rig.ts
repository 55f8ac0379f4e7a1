import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { GetCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { Change } from "@stockwire/contracts/change";
import type { InventoryItem, LoadItem, UploadItem } from "@stockwire/contracts/items";
import { changesKey, undoIdFor, undoRequestKey } from "@stockwire/contracts/keys";
import { encodeUploadMetadata, type LoadMode } from "@stockwire/contracts/object-metadata";
import { isFinal } from "@stockwire/contracts/receipt";
import { encodeEventKey } from "@stockwire/contracts/s3-event";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import { createDynamoClient, createS3Client, createSqsClient } from "@stockwire/service-kit/aws-clients";
import { readConfig } from "@stockwire/service-kit/config";
import { createLogger } from "@stockwire/service-kit/logger";
import { createMetrics, type Metrics } from "@stockwire/service-kit/metrics";
import type { RunningService } from "@stockwire/service-kit/run-service";
import type { UploadWorkerClients } from "@stockwire/service-kit/uploads/start-upload-worker";
import { v7 as uuidv7 } from "uuid";
import { ingestConfig } from "../src/config.ts";
import { startIngestWorker } from "../src/start-ingest-worker.ts";
import { createInventoryTable } from "../src/table/inventory-table.ts";

/** Emulators and as many workers as a test starts, in this process. */
export const startRig = async () => {
  const cloud = await startLocalCloud({});
  Object.assign(process.env, cloud.environment);
  const clients = { s3: createS3Client(), sqs: createSqsClient(), dynamo: createDynamoClient() };
  const configWith = (settings: Readonly<Record<string, string>>) =>
    readConfig(ingestConfig, {
      ...process.env,
      OPERATIONS_PORT: "0",
      QUEUE_WAIT_SECONDS: "1",
      FINISH_SECONDS: "0",
      RECEIPT_DAYS: "50",
      RECONCILE_MINUTES: "0",
      LOG_LEVEL: "fatal",
      ...settings,
    });
  const config = configWith({});
  const { tables, queues, buckets } = config.resources;
  const workers = new Set<RunningService>();

  const startWorker = async (
    overrides: Partial<UploadWorkerClients> = {},
    settings: Readonly<Record<string, string>> = {},
  ): Promise<{ stop: () => Promise<void>; metrics: Metrics }> => {
    const metrics = createMetrics("ingest-worker");
    const worker = await startIngestWorker(
      { config: configWith(settings), log: createLogger("ingest-worker", "fatal"), metrics },
      { ...clients, ...overrides },
    );
    workers.add(worker);
    const stop = async () => {
      workers.delete(worker);
      for (const phase of worker.shutdown) await phase.run();
    };
    return { stop, metrics };
  };

  const receiptOf = async (uploadId: string): Promise<UploadItem | undefined> => {
    const { Item } = await clients.dynamo.send(
      new GetCommand({ TableName: tables.Uploads, Key: { UploadId: uploadId }, ConsistentRead: true }),
    );
    return Item as UploadItem | undefined;
  };

  /** Puts a file as the API does, with a version of the test's choosing; `announce: false` keeps it to itself. */
  const send = async (
    content: string,
    options: { receivedAt?: string; store?: string; filename?: string; mode?: LoadMode } = {},
  ): Promise<string> => {
    const uploadId = uuidv7();
    await clients.s3.send(
      new PutObjectCommand({
        Bucket: buckets.inventory,
        Key: uploadKinds.inventory.objectKey(uploadId),
        Body: content,
        Metadata: encodeUploadMetadata({
          uploadId,
          filename: options.filename ?? "test.csv",
          mode: options.mode ?? "load",
          receivedAt: options.receivedAt ?? new Date().toISOString(),
          ...(options.store !== undefined && { storeRestriction: options.store }),
        }),
      }),
    );
    return uploadId;
  };

  /** Asks for an undoing as the API does. */
  const undo = async (uploadId: string, receivedAt = new Date().toISOString()): Promise<string> => {
    const undoId = undoIdFor(uploadId);
    await clients.s3.send(
      new PutObjectCommand({
        Bucket: buckets.inventory,
        Key: undoRequestKey(undoId),
        Body: JSON.stringify({ undo: uploadId }),
        Metadata: encodeUploadMetadata({
          uploadId: undoId,
          filename: "undo",
          mode: "undo",
          undoOf: uploadId,
          receivedAt,
        }),
      }),
    );
    return undoId;
  };

  /** What an upload's list of changes says. */
  const changesOf = async (uploadId: string): Promise<Change[]> => {
    const { Body } = await clients.s3.send(
      new GetObjectCommand({ Bucket: buckets.results, Key: changesKey(uploadId) }),
    );
    const lines = ((await Body?.transformToString()) ?? "").trim().split("\n");
    return lines.map((line) => JSON.parse(line));
  };

  /** Announces an object that is there (again). */
  const announce = (key: string, eventTime = new Date().toISOString()) =>
    clients.sqs.send(
      new SendMessageCommand({
        QueueUrl: queues.ingest,
        MessageBody: JSON.stringify({
          Records: [
            {
              eventSource: "aws:s3",
              eventName: "ObjectCreated:Put",
              eventTime,
              s3: { bucket: { name: buckets.inventory }, object: { key: encodeEventKey(key) } },
            },
          ],
        }),
      }),
    );

  const ended = (uploadId: string): Promise<UploadItem> =>
    until(async () => {
      const receipt = await receiptOf(uploadId);
      return receipt !== undefined && isFinal(receipt.Status) ? receipt : undefined;
    }, `upload ${uploadId} to end`);

  const inventory = createInventoryTable(clients.dynamo, tables.Inventory);
  const rowsOf = async (store: string): Promise<InventoryItem[]> => {
    const rows: InventoryItem[] = [];
    for await (const page of inventory.scan(store)) rows.push(...page);
    return rows;
  };

  const loadsOf = async (): Promise<LoadItem[]> => {
    const { Items } = await clients.dynamo.send(
      new ScanCommand({ TableName: tables.Loads, ConsistentRead: true }),
    );
    return (Items ?? []) as LoadItem[];
  };

  return {
    ...clients,
    config,
    tables,
    queues,
    buckets,
    startWorker,
    send,
    undo,
    changesOf,
    announce,
    receiptOf,
    ended,
    rowsOf,
    loadsOf,
    /** Without retired items. */
    counts: async (store: string) =>
      Object.fromEntries(
        (await rowsOf(store)).filter((row) => row.Level !== "retired").map((row) => [row.Item, row.Count]),
      ),
    stop: async () => {
      for (const worker of workers) for (const phase of worker.shutdown) await phase.run();
      await cloud.stop();
    },
  };
};

/** Asks again until there is an answer; a test waits on outcomes, not for a time. */
export const until = async <Value>(
  ask: () => Promise<Value | undefined>,
  what: string,
  seconds = 150,
): Promise<Value> => {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await setTimeout(30);
  }
};

/** A store name that no other test uses. */
export const newStore = (): string => `Store ${randomUUID()}`;
