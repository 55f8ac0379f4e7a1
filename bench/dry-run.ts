import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { Change } from "@stockwire/contracts/change";
import { changesKey } from "@stockwire/contracts/keys";
import { encodeUploadMetadata } from "@stockwire/contracts/object-metadata";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { createDynamoClient, createS3Client } from "@stockwire/service-kit/aws-clients";
import { v7 as uuidv7 } from "uuid";
import type { Benchmark } from "./harness/benchmark.ts";
import { figure, megabytes } from "./harness/format.ts";
import { loadThroughWorker, receiptOf } from "./harness/load-files.ts";
import { stockCsv } from "./harness/make-stock.ts";
import { forgetPeak, memoryOf } from "./harness/processes.ts";
import { ratioOf } from "./harness/ratio.ts";
import { startCloud, startService, withParts } from "./harness/system.ts";

/** The file grows sixteenfold between the first and the last, and the memory should not. */
const BYTES = {
  short: [4_000_000, 64_000_000, 64_000_000],
  full: [64_000_000, 1_000_000_000, 1_000_000_000],
} as const;
/** Of columns that nobody looks at: a row as a till's export has it, and rows few enough to be done within minutes. */
const IGNORED = ",as exported by the till on the last evening of the month".repeat(16);
const HEADER = `store,item,count${Array.from({ length: 16 }, (_, column) => `,note ${column}`).join("")}\n`;
const ROWS_A_CHUNK = 500;
/** Items that the store has before: what a dry run compares with, read whole and held. */
const STOCK = { short: 5_000, full: 60_000 } as const;
const MORE_THAN_IDLE = { kind: "<=", value: 100 } as const;

/** A file that is nowhere whole. */
const makeFile = (bytes: number): { readonly stream: Readable; readonly rows: () => number } => {
  let rows = 0;
  const chunks = function* (): Generator<Buffer> {
    yield Buffer.from(HEADER);
    for (let size = 0; size < bytes; ) {
      let text = "";
      for (let each = 0; each < ROWS_A_CHUNK; each++, rows++) {
        text += `Berlin,Item ${rows},${rows % 997}${IGNORED}\n`;
      }
      const chunk = Buffer.from(text);
      size += chunk.length;
      yield chunk;
    }
  };
  return { stream: Readable.from(chunks(), { objectMode: false }), rows: () => rows };
};

/** Items of the list of changes that were there before, with another count. */
const countChanged = async (s3: S3Client, bucket: string | undefined, uploadId: string): Promise<number> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: changesKey(uploadId) }));
  let changed = 0;
  for await (const line of createInterface({ input: Body as Readable })) {
    if ((JSON.parse(line) as Change).change === "changed") changed += 1;
  }
  return changed;
};

export const benchmark: Benchmark = {
  name: "dry-run",
  title: "A dry run of a large file",
  about:
    "What `mode=validate` of a file takes of the ingest worker's memory, at its highest (VmHWM, kept by the kernel), beside what the " +
    `worker had after a file of a few rows; a fresh worker for each file. The store has ${figure(STOCK.full)} of the file's items ` +
    "already, with other counts. A row has some 930 bytes, most of them in columns that nobody looks at. Checked: the receipt has " +
    "counted every row, and the list of changes has every item that was there.",
  run: (extent, say) =>
    withParts(async (keep) => {
      const cloud = await keep(startCloud());
      Object.assign(process.env, cloud.environment);
      const { s3, dynamo } = { s3: createS3Client(), dynamo: createDynamoClient() };
      const stock = STOCK[extent];
      say(`a store of ${figure(stock)} items`);
      await withParts(async (keepLoader) => {
        await keepLoader(startService("ingest-worker", cloud.environment));
        const file = stockCsv("Berlin", stock, (row) => 1_000 + row, "Item");
        await loadThroughWorker({ s3, dynamo }, cloud.environment, file.toString(), { written: stock });
      });

      const validate = async (bytes: number): Promise<{ rows: number; seconds: number }> => {
        const uploadId = uuidv7();
        const file = makeFile(bytes);
        await new Upload({
          client: s3,
          params: {
            Bucket: cloud.environment.BUCKET_INVENTORY,
            Key: uploadKinds.inventory.objectKey(uploadId),
            Body: file.stream,
            Metadata: encodeUploadMetadata({
              uploadId,
              filename: "large.csv",
              mode: "validate",
              receivedAt: new Date().toISOString(),
            }),
          },
          queueSize: 1,
        }).done();
        const receipt = await receiptOf(dynamo, cloud.environment, uploadId);
        const { written, read } = receipt.Rows ?? {};
        if (receipt.Status !== "validated" || read !== file.rows() || written !== read) {
          throw new Error(`${file.rows()} rows were sent: ${JSON.stringify(receipt)}`);
        }
        const changed = await countChanged(s3, cloud.environment.BUCKET_RESULTS, uploadId);
        const known = Math.min(stock, file.rows());
        if (changed !== known) throw new Error(`${changed} items are told to change, ${known} were there`);
        const seconds = (Date.parse(receipt.FinishedAt ?? "") - Date.parse(receipt.StartedAt ?? "")) / 1000;
        return { rows: file.rows(), seconds };
      };

      const measure = (bytes: number): Promise<{ row: string[]; more: number }> =>
        withParts(async (keepWorker) => {
          const worker = await keepWorker(startService("ingest-worker", cloud.environment));
          say("a few rows, so that all code is loaded and connections are open");
          await validate(1_000_000);
          const idle = (await memoryOf(worker.pid)).now;
          say(`a file of ${megabytes(bytes)}`);
          await forgetPeak(worker.pid);
          const { rows, seconds } = await validate(bytes);
          const { now, peak } = await memoryOf(worker.pid);
          const speed = `${figure(bytes / 1e6 / seconds)} MB/s`;
          const memory = [idle, peak, peak - idle, now].map(megabytes);
          return { row: [megabytes(bytes), figure(rows), speed, ...memory], more: (peak - idle) / 1e6 };
        });

      const measured: Awaited<ReturnType<typeof measure>>[] = [];
      for (const bytes of BYTES[extent]) measured.push(await measure(bytes));
      s3.destroy();
      dynamo.destroy();
      const [, ...ofLargest] = measured.map(({ more }) => more);
      const ones = ofLargest.map(() => 1);
      return {
        tables: [
          {
            title: "Resident memory of the ingest worker",
            columns: ["file", "rows", "both passes", "idle", "peak", "more than idle", "after"],
            rows: measured.map(({ row }) => row),
          },
        ],
        ratios: [ratioOf("dry-run/megabytes-over-idle", ofLargest, ones, MORE_THAN_IDLE)],
      };
    }),
};
