import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { cpus } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { encodeUploadMetadata } from "@stockwire/contracts/object-metadata";
import { isFinal } from "@stockwire/contracts/receipt";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import { createDynamoClient, createS3Client } from "@stockwire/service-kit/aws-clients";
import { v7 as uuidv7 } from "uuid";

/**
 * CPU time that the real ingest worker takes for a file and for a row: what `npm run capacity` reckons with. The
 * worker is a process of its own and is asked for its CPU seconds (user and system, all its threads) before and after,
 * so neither the emulators nor their speed nor other work on the machine are in the figures.
 */
const LARGE_ROWS = Number(process.env.BENCH_ROWS ?? 100_000);
const SMALL_FILES = Number(process.env.BENCH_FILES ?? 1_000);
const SMALL_ROWS = 100;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
};

const cloud = await startLocalCloud({ log: () => undefined });
Object.assign(process.env, cloud.environment);
const s3 = createS3Client();
const dynamo = createDynamoClient();
const port = await freePort();

const startWorker = async (): Promise<ChildProcess> => {
  const main = join(import.meta.dirname, "../services/ingest-worker/src/main.ts");
  const env = {
    ...process.env,
    OPERATIONS_PORT: String(port),
    LOG_LEVEL: "info",
    QUEUE_WAIT_SECONDS: "1",
    AWS_MAX_ATTEMPTS: "10",
  };
  const child = spawn(process.execPath, [main], { env, stdio: ["ignore", "ignore", "inherit"] });
  for (;;) {
    // Not listening yet.
    const ready = await fetch(`http://127.0.0.1:${port}/live`).catch(() => undefined);
    if (ready?.ok) return child;
    await setTimeout(100);
  }
};

/** CPU seconds that the worker has taken since it started. */
const cpuSeconds = async (): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const found = /^process_cpu_seconds_total(?:\{[^}]*\})? ([\d.e+-]+)$/m.exec(text)?.[1];
  if (found === undefined) throw new Error("the worker does not say how much CPU time it has taken");
  return Number(found);
};

const send = async (store: string, rows: number, count: (row: number) => number): Promise<string> => {
  const uploadId = uuidv7();
  const lines = Array.from({ length: rows }, (_, row) => `${store},item ${row},${count(row)}`);
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
  return uploadId;
};

const ended = async (uploadId: string): Promise<UploadItem> => {
  for (;;) {
    const { Item } = await dynamo.send(
      new GetCommand({ TableName: "Uploads", Key: { UploadId: uploadId }, ConsistentRead: true }),
    );
    const receipt = Item as UploadItem | undefined;
    if (receipt !== undefined && isFinal(receipt.Status)) return receipt;
    await setTimeout(250);
  }
};

/** CPU seconds for one load of each store, with what its receipt must say of written rows. */
const measure = async (
  stores: readonly string[],
  rows: number,
  count: (row: number) => number,
  written: number,
): Promise<number> => {
  const before = await cpuSeconds();
  const uploads: string[] = [];
  for (const store of stores) uploads.push(await send(store, rows, count));
  for (const upload of uploads) {
    const receipt = await ended(upload);
    if (receipt.Rows?.written !== written) throw new Error(`not as expected: ${JSON.stringify(receipt)}`);
  }
  return (await cpuSeconds()) - before;
};

const worker = await startWorker();
const first = (row: number): number => (row % 997) + 1;
const oneChanged = (row: number): number => (row === 0 ? 998 : first(row));
const all = (row: number): number => first(row) + 1;
const small = Array.from({ length: SMALL_FILES }, (_, index) => `Small ${index}`);

await measure(["Warm"], 20_000, first, 20_000);
const large = {
  inserted: await measure(["Large"], LARGE_ROWS, first, LARGE_ROWS),
  unchanged: await measure(["Large"], LARGE_ROWS, oneChanged, 1),
  updated: await measure(["Large"], LARGE_ROWS, all, LARGE_ROWS),
};
const many = {
  inserted: await measure(small, SMALL_ROWS, first, SMALL_ROWS),
  unchanged: await measure(small, SMALL_ROWS, oneChanged, 1),
};

const report = (way: keyof typeof large | keyof typeof many) => {
  const perRow = large[way] / LARGE_ROWS;
  const inMany = way === "updated" ? undefined : many[way] / SMALL_FILES;
  return {
    rows: way,
    "CPU µs a row (large file)": Math.round(perRow * 1e6),
    "CPU ms a file of 100 rows": inMany && Math.round(inMany * 1e4) / 10,
    "of it beside the rows, ms": inMany && Math.round((inMany - perRow * SMALL_ROWS) * 1e4) / 10,
  };
};
console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}, ${LARGE_ROWS} rows, ${SMALL_FILES} files`,
);
console.table([report("inserted"), report("updated"), report("unchanged")]);

const gone = once(worker, "exit");
worker.kill("SIGTERM");
await gone;
s3.destroy();
dynamo.destroy();
await cloud.stop();
