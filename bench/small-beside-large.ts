import { setTimeout } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { encodeUploadMetadata } from "@stockwire/contracts/object-metadata";
import { isFinal } from "@stockwire/contracts/receipt";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import { createDynamoClient, createS3Client, createSqsClient } from "@stockwire/service-kit/aws-clients";
import { readConfig } from "@stockwire/service-kit/config";
import { createLogger } from "@stockwire/service-kit/logger";
import { createMetrics } from "@stockwire/service-kit/metrics";
import { v7 as uuidv7 } from "uuid";
import { ingestConfig } from "../services/ingest-worker/src/config.ts";
import { startIngestWorker } from "../services/ingest-worker/src/start-ingest-worker.ts";

/**
 * How long files of ten rows take from being stored to their receipt's end, one after the other, in a worker that does
 * nothing else and in one that loads a file of a great many rows of another store at the same time.
 */
const LARGE_ROWS = Number(process.env.BENCH_ROWS ?? 1_000_000);
const SMALL_FILES = Number(process.env.BENCH_FILES ?? 40);

const cloud = await startLocalCloud({ log: () => undefined });
Object.assign(process.env, cloud.environment);
const clients = { s3: createS3Client(), sqs: createSqsClient(), dynamo: createDynamoClient() };
const config = readConfig(ingestConfig, {
  ...process.env,
  OPERATIONS_PORT: "0",
  QUEUE_WAIT_SECONDS: "1",
  FINISH_SECONDS: "0",
  RECONCILE_MINUTES: "0",
});
const worker = await startIngestWorker(
  { config, log: createLogger("ingest-worker", "fatal"), metrics: createMetrics("ingest-worker") },
  clients,
);

const send = async (store: string, rows: number): Promise<string> => {
  const uploadId = uuidv7();
  const lines = ["store,item,count"];
  for (let row = 0; row < rows; row += 1) lines.push(`${store},Item ${row},${1 + (row % 50)}`);
  await clients.s3.send(
    new PutObjectCommand({
      Bucket: config.resources.buckets.inventory,
      Key: uploadKinds.inventory.objectKey(uploadId),
      Body: lines.join("\n"),
      Metadata: encodeUploadMetadata({
        uploadId,
        filename: "bench.csv",
        mode: "load",
        receivedAt: new Date().toISOString(),
      }),
    }),
  );
  return uploadId;
};

const receiptOf = async (UploadId: string): Promise<UploadItem | undefined> => {
  const TableName = config.resources.tables.Uploads;
  return (await clients.dynamo.send(new GetCommand({ TableName, Key: { UploadId } }))).Item as UploadItem;
};

/** Seconds from before the object is stored until its receipt says that it is loaded. */
const secondsFor = async (store: string): Promise<number> => {
  const started = performance.now();
  const uploadId = await send(store, 10);
  for (;;) {
    const receipt = await receiptOf(uploadId);
    if (receipt !== undefined && isFinal(receipt.Status)) {
      if (receipt.Status !== "loaded") throw new Error(`${uploadId} ended as ${receipt.Status}`);
      return (performance.now() - started) / 1000;
    }
    await setTimeout(5);
  }
};

const measure = async (name: string): Promise<number[]> => {
  const seconds: number[] = [];
  for (let file = 0; file < SMALL_FILES; file += 1) seconds.push(await secondsFor(`${name} ${file}`));
  return seconds.sort((a, b) => a - b);
};

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

await measure("Warm-up");
const alone = await measure("Alone");
const large = await send("Large", LARGE_ROWS);
while ((await receiptOf(large))?.Rows?.written === undefined) await setTimeout(20);
const beside = await measure("Beside");
const rows = (await receiptOf(large))?.Rows?.written ?? 0;
const isStillLoading = !isFinal((await receiptOf(large))?.Status ?? "loading");

const table = [
  ["alone", alone],
  ["beside", beside],
] as const;
console.table(
  table.map(([which, sorted]) => ({
    files: which,
    median_ms: Math.round(at(sorted, 0.5) * 1000),
    p90_ms: Math.round(at(sorted, 0.9) * 1000),
    worst_ms: Math.round(at(sorted, 1) * 1000),
    ratio: Number((at(sorted, 0.5) / at(alone, 0.5)).toFixed(2)),
  })),
);
console.log(
  `the large file (${LARGE_ROWS} rows) stood at ${rows} rows, ${isStillLoading ? "still loading" : "finished"}`,
);

for (const phase of worker.shutdown) await phase.run();
for (const client of Object.values(clients)) client.destroy();
await cloud.stop();
