import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { GetObjectCommand, HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { whileWatching } from "./processes.ts";
import type { Sender } from "./send-file.ts";

/** What files are sent through, and what is watched meanwhile. */
export interface UploadParts {
  readonly s3: S3Client;
  readonly sender: Sender;
  readonly apiPid: number;
  /** Process ids by what they are called in the tables. */
  readonly processes: Readonly<Record<string, number>>;
}

export const BUCKET = "inventory";

/** One round of one way. */
export interface UploadSample {
  /** Files a second of small ones, bytes a second of large ones. */
  readonly perSecond: number;
  /** CPU seconds a file, by process. */
  readonly cpu: Readonly<Record<string, number>>;
  /** Resident memory of the API at its highest; of large files only, and 0 where it had no part. */
  readonly peak: number;
}

export type UploadWay = (round: number) => Promise<UploadSample>;

/** What is to stand in the bucket. */
export interface Stored {
  readonly key: string;
  readonly bytes: number;
  readonly sha256?: string;
}

/** Reads it back, where its digest is known, and compares; otherwise asks for its length. */
export const requireObject = async (s3: S3Client, { key: Key, bytes, sha256 }: Stored): Promise<void> => {
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

/** How long so many files took, and what CPU time each. */
export const watched = async (
  processes: UploadParts["processes"],
  files: number,
  work: () => Promise<void>,
): Promise<Pick<UploadSample, "perSecond" | "cpu">> => {
  const { seconds, cpu } = await whileWatching(processes, work);
  const each = Object.entries(cpu).map(([name, total]) => [name, total / files] as const);
  return { perSecond: files / seconds, cpu: Object.fromEntries(each) };
};
