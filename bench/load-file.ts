import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { GetCommand, PutCommand, QueryCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { InventoryItem, UploadItem } from "@stockwire/contracts/items";
import { uploadVersion } from "@stockwire/contracts/keys";
import { encodeUploadMetadata } from "@stockwire/contracts/object-metadata";
import { isFinal } from "@stockwire/contracts/receipt";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import { createDynamoClient, createS3Client } from "@stockwire/service-kit/aws-clients";
import { v7 as uuidv7 } from "uuid";
import { forEachLimited } from "../services/ingest-worker/src/for-each-limited.ts";
import { createInventoryTable } from "../services/ingest-worker/src/table/inventory-table.ts";
import { inBatches } from "../services/ingest-worker/src/table/write-rows.ts";

/**
 * Rows a second from a file to the table: the real worker with a 100,000-row file beside other ways to write the
 * same rows, in one run on one machine. The ways alternate, so that a slow moment of the machine hits all alike.
 */
const FILE_ROWS = Number(process.env.BENCH_ROWS ?? 100_000);
const SAMPLE_ROWS = 2_000;
const ROUNDS = 3;

const cloud = await startLocalCloud({ log: () => undefined });
Object.assign(process.env, cloud.environment);
const s3 = createS3Client();
const dynamo = createDynamoClient();
const table = cloud.environment.TABLE_INVENTORY as string;
const rowTable = createInventoryTable(dynamo, table);

const item = (store: string, row: number, version: string): InventoryItem => ({
  Store: store,
  Item: `item ${row}`,
  Count: (row % 997) + 1,
  Level: "ok",
  Previous: null,
  Version: version,
  Line: row + 2,
  UploadId: version.slice(-36),
  UpdatedAt: new Date().toISOString(),
});
const guard = {
  ConditionExpression: "attribute_not_exists(Version) OR Version < :v",
};
const put = (row: InventoryItem) =>
  dynamo.send(
    new PutCommand({
      TableName: table,
      Item: row,
      ...guard,
      ExpressionAttributeValues: { ":v": row.Version },
    }),
  );

/** Each way writes these rows of a store of its own, all guarded. Write units a row as AWS charges them. */
const ways: Record<string, { units: number; write: (rows: InventoryItem[]) => Promise<void> }> = {
  "naive loop: one put after the other": {
    units: 1,
    write: async (rows) => {
      for (const row of rows) await put(row);
    },
  },
  "guarded puts, 16 at a time": { units: 1, write: (rows) => forEachLimited(rows, 16, put) },
  "transactions of 100, 4 at a time": {
    units: 2,
    write: (rows) =>
      forEachLimited(inBatches(rows, 100), 4, (batch) =>
        dynamo.send(
          new TransactWriteCommand({
            TransactItems: batch.map((row) => ({
              Put: {
                TableName: table,
                Item: row,
                ...guard,
                ExpressionAttributeValues: { ":v": row.Version },
              },
            })),
          }),
        ),
      ),
  },
  "read, compare, PartiQL batches of 25 (what the worker does)": {
    units: 1,
    write: (rows) =>
      forEachLimited(inBatches(rows, 100), 4, async (batch) => {
        await rowTable.read(batch.map((row) => ({ store: row.Store, item: row.Item })));
        await forEachLimited(inBatches(batch, 25), 4, (few) =>
          rowTable.write(few.map((row) => ({ kind: "insert", row }))),
        );
      }),
  },
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const speeds = new Map<string, { rowsPerSecond: number[]; cpuMicroseconds: number[] }>();
for (let round = -1; round < ROUNDS; round++) {
  for (const [name, { write }] of Object.entries(ways)) {
    const version = uploadVersion(new Date().toISOString(), uuidv7());
    const rows = Array.from({ length: SAMPLE_ROWS }, (_, row) => item(`${name} ${round}`, row, version));
    const started = performance.now();
    const cpu = process.cpuUsage();
    await write(rows);
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    if (round < 0) continue; // warm-up
    const speed = speeds.get(name) ?? { rowsPerSecond: [], cpuMicroseconds: [] };
    speed.rowsPerSecond.push(SAMPLE_ROWS / seconds);
    speed.cpuMicroseconds.push((user + system) / SAMPLE_ROWS);
    speeds.set(name, speed);
  }
}

const worker = spawn(process.execPath, [join(import.meta.dirname, "../services/ingest-worker/src/main.ts")], {
  env: { ...process.env, OPERATIONS_PORT: "0", LOG_LEVEL: "warn", QUEUE_WAIT_SECONDS: "1" },
  stdio: "inherit",
});
/** @returns rows a second from the event to the final receipt, checked */
const load = async (store: string, count: (row: number) => number, expected: Partial<UploadItem["Rows"]>) => {
  const uploadId = uuidv7();
  const lines = Array.from({ length: FILE_ROWS }, (_, row) => `${store},item ${row},${count(row)}`);
  await s3.send(
    new PutObjectCommand({
      Bucket: "inventory",
      Key: uploadKinds.inventory.objectKey(uploadId),
      Body: `store,item,count\n${lines.join("\n")}\n`,
      Metadata: encodeUploadMetadata({
        uploadId,
        filename: "bench.csv",
        mode: "load",
        receivedAt: new Date().toISOString(),
      }),
    }),
  );
  for (;;) {
    const { Item } = await dynamo.send(
      new GetCommand({ TableName: "Uploads", Key: { UploadId: uploadId }, ConsistentRead: true }),
    );
    const receipt = Item as UploadItem | undefined;
    if (receipt !== undefined && isFinal(receipt.Status)) {
      for (const [name, value] of Object.entries(expected ?? {})) {
        const actual = receipt.Rows?.[name as keyof typeof receipt.Rows];
        if (actual !== value)
          throw new Error(`${name} is ${actual}, should be ${value}: ${JSON.stringify(receipt)}`);
      }
      const seconds = (Date.parse(receipt.FinishedAt ?? "") - Date.parse(receipt.StartedAt ?? "")) / 1000;
      return FILE_ROWS / seconds;
    }
    await setTimeout(100);
  }
};
await load("Warm", () => 3, { written: FILE_ROWS });
const first = await load("Bench", (row) => (row % 997) + 1, { written: FILE_ROWS });
const unchanged = await load("Bench", (row) => (row === 0 ? 7 : (row % 997) + 1), {
  written: 1,
  unchanged: FILE_ROWS - 1,
});
let counted = 0;
let start: Record<string, unknown> | undefined;
do {
  const page = await dynamo.send(
    new QueryCommand({
      TableName: table,
      Select: "COUNT",
      KeyConditionExpression: "#s = :s",
      ExpressionAttributeNames: { "#s": "Store" },
      ExpressionAttributeValues: { ":s": "Bench" },
      ...(start && { ExclusiveStartKey: start }),
    }),
  );
  counted += page.Count ?? 0;
  start = page.LastEvaluatedKey;
} while (start !== undefined);
if (counted !== FILE_ROWS) throw new Error(`${counted} rows in the table, should be ${FILE_ROWS}`);

const naive = median(speeds.get(Object.keys(ways)[0] ?? "")?.rowsPerSecond ?? []);
const line = (name: string, rowsPerSecond: number, units: string, cpu: string) =>
  console.log(
    `${name.padEnd(62)} ${units.padStart(6)} ${String(Math.round(rowsPerSecond)).padStart(8)} ${(rowsPerSecond / naive).toFixed(2).padStart(7)} ${cpu.padStart(9)}`,
  );
console.log(
  `${"way".padEnd(62)} ${"units".padStart(6)} ${"rows/s".padStart(8)} ${"ratio".padStart(7)} ${"CPU µs".padStart(9)}`,
);
for (const [name, { units }] of Object.entries(ways)) {
  const speed = speeds.get(name);
  line(
    name,
    median(speed?.rowsPerSecond ?? []),
    String(units),
    String(Math.round(median(speed?.cpuMicroseconds ?? []))),
  );
}
line(`the real worker: a ${FILE_ROWS}-row file, first load`, first, "1", "");
line(`the real worker: the same file with one count changed`, unchanged, "0", "");

const ended = once(worker, "exit");
worker.kill("SIGTERM");
await ended;
s3.destroy();
dynamo.destroy();
await cloud.stop();
