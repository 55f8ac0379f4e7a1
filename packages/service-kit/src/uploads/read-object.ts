import { setImmediate, setTimeout } from "node:timers/promises";
import { GetObjectCommand, NoSuchKey, type S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import type { FileCode } from "@stockwire/contracts/codes";
import { codeOf, kindOf, permanent } from "../errors.ts";

/** Exactly one state of one object. */
export interface ObjectReference {
  readonly bucket: string;
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly versionId?: string;
}

/** Bytes asked for at a time. A stalled or broken transfer costs this much again, not the whole file. */
const PART_BYTES = 8 * 1024 * 1024;
/** Bytes handed on at a time, so that parsing a part never holds the event loop for long. */
const SLICE_BYTES = 64 * 1024;
const TRIES = 3;
const RETRY_MS = 200;

/**
 * The object's bytes from `from` on in slices of at most 64 KiB, read in ranges and never mixed with another state of the key.
 * Throws the permanent WorkErrors `object_missing` and `object_replaced`; other S3 errors as they come.
 */
export async function* readObject(
  s3: S3Client,
  reference: ObjectReference,
  signal: AbortSignal,
  from = 0,
): AsyncGenerator<Buffer> {
  let offset = from;
  let total = Number.POSITIVE_INFINITY;
  while (offset < total) {
    const part = await readPartWithRetry(s3, reference, offset, signal);
    total = part.total;
    for (let start = 0; start < part.bytes.length; start += SLICE_BYTES) {
      yield part.bytes.subarray(start, start + SLICE_BYTES);
      await setImmediate();
      signal.throwIfAborted();
    }
    if (part.bytes.length === 0) return;
    offset += part.bytes.length;
  }
}

/** The SDK tries again only until the headers have come; a body that breaks or stalls is asked for again here. */
const readPartWithRetry = async (
  s3: S3Client,
  reference: ObjectReference,
  offset: number,
  signal: AbortSignal,
): Promise<{ bytes: Buffer; total: number }> => {
  for (let tries = 1; ; tries++) {
    try {
      return await readPart(s3, reference, offset, signal);
    } catch (error) {
      if (signal.aborted || kindOf(error) !== "retryable" || tries === TRIES) throw error;
      await setTimeout(RETRY_MS * tries);
    }
  }
};

const readPart = async (s3: S3Client, reference: ObjectReference, offset: number, signal: AbortSignal) => {
  try {
    const answer = await s3.send(
      new GetObjectCommand({
        Bucket: reference.bucket,
        Key: reference.key,
        IfMatch: `"${reference.etag}"`,
        Range: `bytes=${offset}-${offset + PART_BYTES - 1}`,
        ...(reference.versionId !== undefined && { VersionId: reference.versionId }),
      }),
      { abortSignal: signal },
    );
    const body = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
    // A view: a copy of each part would be as much again of the memory that a large file takes.
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const total = Number(answer.ContentRange?.split("/")[1] ?? offset + bytes.length);
    return { bytes, total };
  } catch (error) {
    if (error instanceof NoSuchKey) throw permanent("object_missing" satisfies FileCode, missing(reference));
    if (error instanceof S3ServiceException) {
      const status = error.$metadata.httpStatusCode;
      // An empty object has no range to give.
      if (status === 416) return { bytes: Buffer.alloc(0), total: 0 };
      if (status === 404) throw permanent("object_missing" satisfies FileCode, missing(reference));
      if (status === 412) throw permanent("object_replaced" satisfies FileCode, replaced(reference));
    }
    throw error;
  }
};

/** True for what `readObject` throws when the object is not the one meant: nobody can bring it back. */
export const isObjectGone = (error: unknown): boolean => GONE.has(codeOf(error));

const GONE: ReadonlySet<string> = new Set(["object_missing" satisfies FileCode, "object_replaced"]);

const missing = ({ bucket, key }: ObjectReference): string =>
  `the object ${key} is no longer in the bucket ${bucket}; send the file again`;

const replaced = ({ bucket, key }: ObjectReference): string =>
  `the object ${key} in the bucket ${bucket} was overwritten while it was to be read: send it again. What stands there now is another upload only where it lies under a name of its sender's own`;
