import { createHash } from "node:crypto";
import { NoSuchUpload, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { freeBytes } from "@stockwire/service-kit/free-bytes";
import {
  type ObjectTarget,
  openPartsUpload,
  type PartsUpload,
  type StoredObject,
} from "@stockwire/service-kit/uploads/parts-upload";
import { fileTooLarge } from "../errors/api-error.ts";
import { PART_LIMITS } from "./limits.ts";
import type { IncomingFile } from "./receive-files.ts";
import { removeObject } from "./remove-object.ts";

/** A file that has arrived whole and of which nobody else can see anything yet. */
export interface StagedFile {
  readonly filename: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Bytes that it holds in memory until it is stored or discarded. */
  readonly memoryBytes: number;
  /** Makes the object; `receivedAt` is the moment that counts for the file's version. */
  readonly store: (receivedAt: string) => Promise<StoredObject>;
  /** Leaves no trace, whatever has been done so far. */
  readonly discard: () => Promise<void>;
  /** Has S3 forget what is no object yet; an object that was made stays. */
  readonly letGo: () => Promise<void>;
}

export interface StageOptions {
  readonly s3: S3Client;
  readonly maxBytes: number;
  /** A file up to this size stays in memory. */
  readonly memoryBytes: number;
  /** Told when an unfinished upload could not be aborted; the bucket's lifecycle rule then ends it. */
  readonly onLeftBehind: (error: unknown) => void;
  /** Where the object is to be made; digest and time are known only for files that stayed in memory. */
  readonly target: (known?: { readonly sha256: string; readonly receivedAt: string }) => ObjectTarget;
}

/**
 * Takes one file off the wire: a small one into memory, a larger one into an uncompleted multipart upload. The client
 * is read no faster than S3 takes the parts. When it fails, nothing of the file is left.
 * @throws file_too_large as soon as a byte too many has come; what `file.chunks` throws
 */
export const stageFile = async (file: IncomingFile, options: StageOptions): Promise<StagedFile> => {
  const hash = createHash("sha256");
  let waiting: Buffer[] = [];
  let bytes = 0;
  let parts: PartsUpload | undefined;
  try {
    for await (const chunk of file.chunks) {
      bytes += chunk.length;
      if (bytes > options.maxBytes) throw fileTooLarge(file.filename, options.maxBytes);
      hash.update(chunk);
      if (parts) {
        await parts.write(chunk);
        freeBytes(chunk);
        continue;
      }
      waiting.push(chunk);
      if (bytes > options.memoryBytes) {
        parts = await openPartsUpload(options.s3, options.target(), PART_LIMITS);
        for (const early of waiting) {
          await parts.write(early);
          freeBytes(early);
        }
        waiting = [];
      }
    }
    await parts?.end();
  } catch (error) {
    await parts?.abort().catch(options.onLeftBehind);
    throw error;
  }
  const arrived = { filename: file.filename, bytes, sha256: hash.digest("hex") };
  return parts
    ? { ...arrived, memoryBytes: 0, ...inParts(parts, options) }
    : { ...arrived, memoryBytes: bytes, ...inMemory(join(waiting), arrived.sha256, options) };
};

/** The pieces are given up. */
const join = (pieces: readonly Buffer[]): Buffer => {
  const whole = Buffer.concat(pieces);
  for (const piece of pieces) freeBytes(piece);
  return whole;
};

type Holding = Pick<StagedFile, "store" | "discard" | "letGo">;

const inMemory = (body: Buffer, sha256: string, { s3, target }: StageOptions): Holding => {
  const { bucket, key } = target();
  let attempted = false;
  return {
    store: async (receivedAt) => {
      attempted = true;
      const { metadata, contentType } = target({ sha256, receivedAt });
      const { ETag, VersionId } = await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: contentType,
          Metadata: metadata,
          ChecksumAlgorithm: "CRC32",
        }),
      );
      return { etag: ETag, versionId: VersionId };
    },
    discard: async () => {
      if (attempted) await removeObject(s3, bucket, key);
    },
    letGo: async () => {},
  };
};

const inParts = (parts: PartsUpload, { s3, target }: StageOptions): Holding => {
  let attempted = false;
  let completed = false;
  const abort = async (): Promise<void> => {
    try {
      if (!completed) await parts.abort();
    } catch (error) {
      // S3 may have completed it with only the answer lost: then the parts are an object.
      if (!(attempted && error instanceof NoSuchUpload)) throw error;
    }
  };
  return {
    store: async () => {
      attempted = true;
      const stored = await parts.complete();
      completed = true;
      return stored;
    },
    discard: async () => {
      const { bucket, key } = target();
      try {
        await abort();
      } finally {
        if (attempted) await removeObject(s3, bucket, key);
      }
    },
    letGo: abort,
  };
};
