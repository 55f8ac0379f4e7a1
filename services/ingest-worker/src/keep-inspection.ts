import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { inspectionKey } from "@stockwire/contracts/keys";
import { knownRepeatedItems } from "./file/repeated-items.ts";
import type { LoadJob } from "./load-job.ts";
import type { Usable } from "./two-passes.ts";

/**
 * What the first pass found, kept in S3 while a large file loads: an attempt that goes on from a checkpoint needs it,
 * and reading gigabytes again only to find the same would cost minutes.
 */
export interface InspectionStore {
  /** Does nothing where it would be too large, or the file is small: the next attempt then reads the file again. */
  readonly keep: (job: LoadJob, inspection: Usable) => Promise<void>;
  readonly find: (job: LoadJob) => Promise<Usable | undefined>;
  readonly forget: (job: LoadJob) => Promise<void>;
}

/** Smaller files are read again sooner than this would be fetched. */
const SMALLEST_BYTES = 16 * 1024 * 1024;

const MAX_KEPT_REPEATS = 100_000;

export const createInspectionStore = (s3: S3Client, bucket: string): InspectionStore => {
  const place = ({ upload }: LoadJob) => ({ Bucket: bucket, Key: inspectionKey(upload.UploadId) });
  const isSmall = ({ file }: LoadJob): boolean => file.bytes < SMALLEST_BYTES;
  return {
    keep: async (job, { repeats, stores, ...found }) => {
      if (isSmall(job) || repeats.lastLines.size > MAX_KEPT_REPEATS) return;
      const kept = { ...found, stores: [...stores], lastLines: [...repeats.lastLines] };
      await s3.send(
        new PutObjectCommand({
          ...place(job),
          Body: JSON.stringify(kept),
          ContentType: "application/json",
          ChecksumAlgorithm: "CRC64NVME",
        }),
      );
    },
    find: async (job) => {
      if (isSmall(job)) return undefined;
      try {
        const { Body } = await s3.send(new GetObjectCommand(place(job)));
        const { stores, lastLines, ...found } = JSON.parse((await Body?.transformToString()) ?? "");
        return {
          ...found,
          stores: new Set<string>(stores),
          repeats: knownRepeatedItems(new Map<string, number>(lastLines)),
        };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    forget: async (job) => {
      if (isSmall(job)) return;
      await s3.send(new DeleteObjectCommand(place(job)));
    },
  };
};
