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
import { atOnce } from "./at-once.ts";
import { forgetPeak, memoryOf, whileWatching } from "./processes.ts";
import type { Sender } from "./send-file.ts";

/** What files are sent through, and what is watched meanwhile. */
export interface UploadParts {
  readonly s3: S3Client;
  readonly sender: Sender;
  readonly apiPid: number;
  /** Process ids by what they are called in the tables. */
  readonly processes: Readonly<Record<string, number>>;
}

const SMALL_BYTES = 2_048;
/** A part of a multipart upload: the same as upload-api's. */
const PART_BYTES = 8 * 1024 * 1024;
const BUCKET = "inventory";

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

/** One round of one way. */
export interface UploadSample {
  /** Files a second of small ones, bytes a second of large ones. */
  readonly perSecond: number;
  /** CPU seconds a file, by process. */
  readonly cpu: Readonly<Record<string, number>>;
  /** Resident memory of the API at its highest; of large files only, and 0 where it had no part. */
  readonly peak: number;
}

/** How long so many files took, and what CPU time each. */
const watched = async (
  processes: UploadParts["processes"],
  files: number,
  work: () => Promise<void>,
): Promise<Pick<UploadSample, "perSecond" | "cpu">> => {
  const { seconds, cpu } = await whileWatching(processes, work);
  const each = Object.entries(cpu).map(([name, total]) => [name, total / files] as const);
  return { perSecond: files / seconds, cpu: Object.fromEntries(each) };
};

/** Small files. Each answer is held against what was sent; of the objects the last is read back. */
export const smallWays = ({ s3, sender, processes }: UploadParts, files: number, width: number) => {
  const measure = async (send: (number: number) => Promise<Stored>): Promise<UploadSample> => {
    let last: Stored | undefined;
    const sample = await watched(processes, files, () =>
      atOnce(files, width, async (number) => {
        last = await send(number);
      }),
    );
    if (last !== undefined) await requireObject(s3, last);
    return { ...sample, peak: 0 };
  };
  return {
    api: (round: number) =>
      measure(async (number) => {
        const body = smallFile(`${width}-${round}-${number}`);
        const { uploadId, sha256 } = await sender.send(body);
        if (sha256 !== digestOf(body)) throw new Error(`${uploadId} is not what was sent`);
        return { key: uploadKinds.inventory.objectKey(uploadId), bytes: SMALL_BYTES, sha256 };
      }),
    direct: (round: number) =>
      measure(async (number) => {
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

/** `width` files of `bytes` at once. The objects are removed again: they lie in the emulator's memory. */
export const largeWays = ({ s3, sender, apiPid, processes }: UploadParts, bytes: number, width: number) => {
  const measure = async (
    send: (number: number, bytes: number) => Promise<Stored>,
    round: number,
  ): Promise<UploadSample> => {
    const size = round < 0 ? Math.ceil(bytes / 4) : bytes;
    const stored: Stored[] = [];
    await forgetPeak(apiPid);
    const { perSecond, cpu } = await watched(processes, width, () =>
      atOnce(width, width, async (number) => {
        stored.push(await send(number, size));
      }),
    );
    const { peak } = await memoryOf(apiPid);
    for (const each of stored) {
      await requireObject(s3, each);
      await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: each.key }));
    }
    return { perSecond: perSecond * size, cpu, peak };
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
    direct: (round: number) =>
      measure(async (number, size) => {
        const Key = `direct/large-${width}-${round}-${number}.csv`;
        const params = { Bucket: BUCKET, Key, Body: streamOf(size) };
        await new Upload({ client: s3, params, partSize: PART_BYTES }).done();
        return { key: Key, bytes: size };
      }, round),
  };
};
