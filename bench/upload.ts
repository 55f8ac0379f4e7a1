import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { createS3Client } from "@stockwire/service-kit/aws-clients";
import { alternate } from "./harness/alternate.ts";
import { atOnce } from "./harness/at-once.ts";
import type { Benchmark, FigureTable, Ratio } from "./harness/benchmark.ts";
import { figure, megabytes, range } from "./harness/format.ts";
import { forgetPeak, memoryOf } from "./harness/processes.ts";
import { ratioOf } from "./harness/ratio.ts";
import { createSender, type Sender } from "./harness/send-file.ts";
import { median, spread } from "./harness/statistics.ts";
import { type BenchService, startCloud, startService, withParts } from "./harness/system.ts";

const ROUNDS = { short: 2, full: 3 } as const;
const SMALL_BYTES = 2_048;
/** Small files of a round, by how many are under way at once. */
const SMALL_FILES = {
  short: { 1: 100, 16: 300, 64: 300 },
  full: { 1: 400, 16: 1_500, 64: 1_500 },
} as const;
const LARGE_BYTES = { short: 24_000_000, full: 200_000_000 } as const;
const LARGE_AT_ONCE = { short: [1, 2], full: [1, 8] } as const;
/** A part of a multipart upload: the same as upload-api's. */
const PART_BYTES = 8 * 1024 * 1024;
const BUCKET = "inventory";
const SMALL_ENOUGH = { kind: ">=", value: 0.6 } as const;
const LARGE_ENOUGH = { kind: ">=", value: 0.9 } as const;

interface Parts {
  readonly s3: S3Client;
  readonly sender: Sender;
  readonly api: BenchService;
  readonly bytes: number;
}

const digestOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** 2 KB of CSV that no other file has. */
const smallFile = (name: string): Buffer => {
  const head = `store,item,count\n${name},`;
  return Buffer.from(`${head}${"x".repeat(SMALL_BYTES - head.length - 3)},1\n`);
};

/** What is to stand in the bucket. */
interface Stored {
  readonly key: string;
  readonly bytes: number;
  readonly sha256?: string;
}

/** Reads it back, where its digest is known, and compares; otherwise asks for its length. */
const requireObject = async (s3: S3Client, { key: Key, bytes, sha256 }: Stored): Promise<void> => {
  const object = { Bucket: BUCKET, Key };
  if (sha256 === undefined) {
    const { ContentLength } = await s3.send(new HeadObjectCommand(object));
    if (ContentLength !== bytes) throw new Error(`${Key} has ${ContentLength} of ${bytes} bytes`);
    return;
  }
  const { Body } = await s3.send(new GetObjectCommand(object));
  const digest = createHash("sha256");
  for await (const chunk of Body as Readable) digest.update(chunk as Buffer);
  if (digest.digest("hex") !== sha256) throw new Error(`${Key} is not what was sent`);
};

/** Files a second. Each answer is held against what was sent; of the objects the last is read back. */
const smallWays = ({ s3, sender }: Parts, files: number, width: number) => {
  const perSecond = async (send: (number: number) => Promise<Stored>): Promise<number> => {
    let last: Stored | undefined;
    const started = performance.now();
    await atOnce(files, width, async (number) => {
      last = await send(number);
    });
    const seconds = (performance.now() - started) / 1000;
    if (last !== undefined) await requireObject(s3, last);
    return files / seconds;
  };
  return {
    api: (round: number) =>
      perSecond(async (number) => {
        const body = smallFile(`${width}-${round}-${number}`);
        const { uploadId, sha256 } = await sender.send(body);
        if (sha256 !== digestOf(body)) throw new Error(`${uploadId} is not what was sent`);
        return { key: uploadKinds.inventory.objectKey(uploadId), bytes: SMALL_BYTES, sha256 };
      }),
    put: (round: number) =>
      perSecond(async (number) => {
        const Body = smallFile(`${width}-${round}-${number}`);
        const sha256 = digestOf(Body);
        const Key = `direct/${width}-${round}-${number}.csv`;
        await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, Metadata: { sha256 } }));
        return { key: Key, bytes: SMALL_BYTES, sha256 };
      }),
  };
};

/** Random blocks of which no two are alike, never held as a whole. */
const streamOf = (bytes: number): Readable => {
  const block = randomBytes(65_536);
  return Readable.from(
    (function* () {
      for (let sent = 0; sent < bytes; sent += block.length) {
        const piece = Buffer.from(block.subarray(0, Math.min(block.length, bytes - sent)));
        piece.write(String(sent));
        yield piece;
      }
    })(),
    { objectMode: false, highWaterMark: 1024 * 1024 },
  );
};

interface Large {
  readonly perSecond: number;
  /** Resident memory of the API at its highest; 0 where it had no part. */
  readonly peak: number;
}

/** Bytes a second, of `width` files at once. The objects are removed again: they lie in the emulator's memory. */
const largeWays = ({ s3, sender, api, bytes }: Parts, width: number) => {
  const measure = async (
    send: (number: number, bytes: number) => Promise<Stored>,
    round: number,
  ): Promise<Large> => {
    const size = round < 0 ? Math.ceil(bytes / 4) : bytes;
    const stored: Stored[] = [];
    await forgetPeak(api.pid);
    const started = performance.now();
    await atOnce(width, width, async (number) => {
      stored.push(await send(number, size));
    });
    const seconds = (performance.now() - started) / 1000;
    const { peak } = await memoryOf(api.pid);
    for (const each of stored) {
      await requireObject(s3, each);
      await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: each.key }));
    }
    return { perSecond: (width * size) / seconds, peak };
  };
  return {
    api: (round: number) =>
      measure(async (_number, size) => {
        const accepted = await sender.send({ stream: streamOf(size), bytes: size });
        if (accepted.bytes !== size)
          throw new Error(`${accepted.uploadId} has ${accepted.bytes} of ${size} bytes`);
        const { uploadId, sha256 } = accepted;
        return { key: uploadKinds.inventory.objectKey(uploadId), bytes: size, sha256 };
      }, round),
    sdk: (round: number) =>
      measure(async (number, size) => {
        const Key = `direct/large-${width}-${round}-${number}.csv`;
        const params = { Bucket: BUCKET, Key, Body: streamOf(size) };
        await new Upload({ client: s3, params, partSize: PART_BYTES }).done();
        return { key: Key, bytes: size };
      }, round),
  };
};

export const benchmark: Benchmark = {
  name: "upload",
  title: "Uploads",
  about:
    "Files of 2 KB sent to a real upload-api over connections that stay open, 1, 16 and 64 at once, against PutObject by " +
    "the SDK straight into the same bucket of the same emulator, as many at once, with an SHA-256 as well. Then one file of " +
    "200 MB, and eight at once, streamed, against the SDK's own streaming upload (`@aws-sdk/lib-storage`, parts of 8 MiB). " +
    "The API's limits on requests a minute are off. Checked: the digest in every small answer and the length in every large one; what " +
    "the API stored is read back against the digest in its answer, every large file and the last small one of a round.",
  run: (extent, say) =>
    withParts(async (keep) => {
      const cloud = await keep(startCloud());
      Object.assign(process.env, cloud.environment);
      const api = await keep(startService("upload-api", cloud.environment));
      const sender = createSender(api.url, cloud.apiKey);
      const parts: Parts = { s3: createS3Client(), sender, api, bytes: LARGE_BYTES[extent] };
      const ratios: Ratio[] = [];

      const small: FigureTable = {
        title: "Files of 2 KB, files a second (median of the rounds, smallest to largest)",
        columns: ["at once", "PutObject", "spread", "upload-api", "spread"],
        rows: [],
      };
      const smallRows: string[][] = [];
      for (const [width, files] of Object.entries(SMALL_FILES[extent])) {
        const ways = smallWays(parts, files, Number(width));
        const told = (line: string) => say(`${width} at once, ${line}`);
        const { api: ours = [], put = [] } = await alternate(ways, ROUNDS[extent], told);
        const figures = [put, ours].flatMap((all) => [figure(median(all)), range(spread(all))]);
        smallRows.push([width, ...figures]);
        ratios.push(ratioOf(`upload/small-${width}-at-once`, ours, put, SMALL_ENOUGH));
      }

      const { now: idle } = await memoryOf(api.pid);
      const largeRows: string[][] = [];
      for (const width of LARGE_AT_ONCE[extent]) {
        const told = (line: string) => say(`${width} large at once, ${line}`);
        const { api: ours = [], sdk = [] } = await alternate(largeWays(parts, width), ROUNDS[extent], told);
        const [mine, theirs] = [ours, sdk].map((all) => all.map(({ perSecond }) => perSecond / 1_000_000));
        const figures = [theirs, mine].flatMap((all = []) => [figure(median(all)), range(spread(all))]);
        const peak = Math.max(...ours.map((each) => each.peak));
        largeRows.push([String(width), ...figures, megabytes(idle), megabytes(peak)]);
        ratios.push(ratioOf(`upload/large-${width}-at-once`, mine ?? [], theirs ?? [], LARGE_ENOUGH));
      }
      const large: FigureTable = {
        title: `Files of ${megabytes(parts.bytes)}, MB a second, and the API's resident memory`,
        columns: [
          "at once",
          "lib-storage",
          "spread",
          "upload-api",
          "spread",
          "memory before",
          "at its highest",
        ],
        rows: largeRows,
      };
      sender.close();
      parts.s3.destroy();
      return { tables: [{ ...small, rows: smallRows }, large], ratios };
    }),
};
