import { Readable } from "node:stream";
import { setImmediate, setTimeout } from "node:timers/promises";
import { GetObjectCommand, NoSuchKey, type S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import type { FileCode } from "@stockwire/contracts/codes";
import { codeOf, kindOf, permanent, retryable } from "../errors.ts";
import { freeBytes } from "../free-bytes.ts";

/** Exactly one state of one object. */
export interface ObjectReference {
  readonly bucket: string;
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly versionId?: string;
}

/** Bytes asked for at a time; two parts are held at most. A stalled or broken transfer costs this much again, not the whole file. */
const PART_BYTES = 2 * 1024 * 1024;
/** Bytes handed on at a time, so that parsing a part never holds the event loop for long. */
const SLICE_BYTES = 64 * 1024;
const TRIES = 3;
const RETRY_MS = 200;

/** Some of the object's bytes; they stand until the same gatherer gathers others. */
interface Part {
  readonly bytes: Buffer;
  /** Bytes of the whole object. */
  readonly total: number;
}

/**
 * The object's bytes from `from` on in slices of at most 64 KiB, read in ranges and never mixed with another state of the key.
 * While the second half of a part is handed on, the next part comes: a reader waits for its own work or for S3, not for both in
 * turn, and one that needs only the beginning costs one request.
 * Throws the permanent WorkErrors `object_missing` and `object_replaced`, the retryable `object_cut` where S3 gives other bytes than
 * it was asked for; other S3 errors as they come.
 */
export async function* readObject(
  s3: S3Client,
  reference: ObjectReference,
  signal: AbortSignal,
  from = 0,
): AsyncGenerator<Buffer> {
  const left = new AbortController();
  const either = AbortSignal.any([signal, left.signal]);
  const gatherers = [createGatherer(), createGatherer()] as const;
  let offset = from;
  let isMore = false;
  let turn = 0;
  const readNext = (): Promise<Part> => {
    const part = readPartWithRetry(s3, reference, offset, gatherers[turn % 2 === 0 ? 0 : 1], either);
    // Thrown to whoever waits for it; who has left does not want to know.
    part.catch(() => undefined);
    turn += 1;
    return part;
  };
  let coming: Promise<Part> | undefined = readNext();
  try {
    while (coming !== undefined) {
      const { bytes, total }: Part = await coming;
      coming = undefined;
      if (bytes.length === 0 && isMore) throw cut(offset, "nothing, where there was to be more");
      offset += bytes.length;
      isMore = offset < total;
      for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
        // A copy: whoever has it may keep it, while a later part comes into the same memory.
        yield Buffer.from(bytes.subarray(start, start + SLICE_BYTES));
        if (isMore && start >= bytes.length / 2) coming ??= readNext();
        await setImmediate();
        signal.throwIfAborted();
      }
      if (isMore) coming ??= readNext();
    }
  } finally {
    left.abort();
    const free = (): void => {
      for (const gatherer of gatherers) gatherer.free();
    };
    // What still comes is written into that memory; nobody waits for it.
    if (coming === undefined) free();
    else coming.then(free, free);
  }
}

/** The SDK tries again only until the headers have come; a body that breaks or stalls is asked for again here. */
const readPartWithRetry = async (
  s3: S3Client,
  reference: ObjectReference,
  offset: number,
  gatherer: Gatherer,
  signal: AbortSignal,
): Promise<Part> => {
  for (let tries = 1; ; tries++) {
    try {
      return await readPart(s3, reference, offset, gatherer, signal);
    } catch (error) {
      // A body ends with its connection, which looks like a fault of the network.
      signal.throwIfAborted();
      if (kindOf(error) !== "retryable" || tries === TRIES) throw error;
      await setTimeout(RETRY_MS * tries);
    }
  }
};

const readPart = async (
  s3: S3Client,
  reference: ObjectReference,
  offset: number,
  gatherer: Gatherer,
  signal: AbortSignal,
): Promise<Part> => {
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
    const body = (answer.Body as Readable | undefined) ?? Readable.from([]);
    const bytes = await gatherer.gather(body, answer.ContentLength ?? 0);
    return { bytes, total: totalOf(answer, offset, bytes.length) };
  } catch (error) {
    if (error instanceof NoSuchKey) throw permanent("object_missing" satisfies FileCode, missing(reference));
    if (error instanceof S3ServiceException) {
      const status = error.$metadata.httpStatusCode;
      // Nothing lies there: the object is empty, or an earlier reading had come to its end.
      if (status === 416) return { bytes: Buffer.alloc(0), total: offset };
      if (status === 404) throw permanent("object_missing" satisfies FileCode, missing(reference));
      if (status === 412) throw permanent("object_replaced" satisfies FileCode, replaced(reference));
    }
    throw error;
  }
};

/**
 * Bytes of the whole object, by the answer to one range of it. An endpoint that gives other bytes than it was asked for, or none,
 * must not end the file early or have any of it twice.
 */
const totalOf = (
  { ContentRange }: { readonly ContentRange?: string | undefined },
  offset: number,
  bytes: number,
): number => {
  // All of it, as for an object that has no ranges.
  if (ContentRange === undefined && offset === 0) return bytes;
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(ContentRange ?? "") ?? [];
  if (Number(start) === offset && bytes > 0) return Number(total);
  throw cut(offset, `${bytes} bytes and Content-Range: ${ContentRange ?? "none"}`);
};

const cut = (offset: number, answered: string): Error =>
  retryable("object_cut", `S3 was asked for the bytes from ${offset} on and answered with ${answered}`);

interface Gatherer {
  /** @returns a view of all that the body has, which stands until the next body is gathered */
  readonly gather: (body: AsyncIterable<Uint8Array>, expectedBytes: number) => Promise<Buffer>;
  /** Gives the memory back; what was gathered is gone. */
  readonly free: () => void;
}

/**
 * Gathers one body after the other in the same memory. A fresh part each time would be garbage of megabytes, twice while its
 * pieces are joined, which V8 leaves lying until it collects the old generation.
 */
const createGatherer = (): Gatherer => {
  let memory = Buffer.alloc(0);
  return {
    gather: async (body, expectedBytes) => {
      if (memory.length < expectedBytes) memory = Buffer.allocUnsafeSlow(expectedBytes);
      let filled = 0;
      for await (const piece of body) {
        if (filled + piece.length > memory.length) {
          const larger = Buffer.allocUnsafeSlow(Math.max(2 * memory.length, filled + piece.length));
          memory.copy(larger, 0, 0, filled);
          memory = larger;
        }
        memory.set(piece, filled);
        filled += piece.length;
        freeBytes(piece);
      }
      return memory.subarray(0, filled);
    },
    free: () => freeBytes(memory),
  };
};

/** True for what `readObject` throws when the object is not the one meant: nobody can bring it back. */
export const isObjectGone = (error: unknown): boolean => GONE.has(codeOf(error));

const GONE: ReadonlySet<string> = new Set(["object_missing" satisfies FileCode, "object_replaced"]);

const missing = ({ bucket, key }: ObjectReference): string =>
  `the object ${key} is no longer in the bucket ${bucket}; send the file again`;

const replaced = ({ bucket, key }: ObjectReference): string =>
  `the object ${key} in the bucket ${bucket} was overwritten while it was to be read: send it again. What stands there now is another upload only where it lies under a name of its sender's own`;
