import type { S3Client } from "@aws-sdk/client-s3";
import { readObject } from "@stockwire/service-kit/uploads/read-object";
import type { LoadJob } from "./load-job.ts";

/** The bytes of a job's file from an offset on, in slices; throws what `readObject` throws. */
export type FileSource = (from?: number) => AsyncIterable<Buffer>;

/** Files up to this size are held for both passes over them: most are, and asking S3 twice would cost them a request. */
const MAX_KEPT_BYTES = 1024 * 1024;

/**
 * Reads the object, a small one only once: what both passes see is the same state of its key.
 * @param atOnce a small file is asked for now, to come while the caller does something else; what goes wrong is thrown to
 *   whoever reads it
 */
export const createFileSource = (
  s3: S3Client,
  { object, bytes }: LoadJob["file"],
  signal: AbortSignal,
  atOnce: boolean,
): FileSource => {
  /** Undefined where there is more of it than its receipt said. */
  const readSmall = async (): Promise<readonly Buffer[] | undefined> => {
    const slices: Buffer[] = [];
    let size = 0;
    for await (const slice of readObject(s3, object, signal)) {
      size += slice.length;
      if (size > MAX_KEPT_BYTES) return undefined;
      slices.push(slice);
    }
    return slices;
  };
  const isSmall = bytes <= MAX_KEPT_BYTES;
  let small: Promise<readonly Buffer[] | undefined> | undefined;
  if (isSmall && atOnce) {
    small = readSmall();
    // Thrown to whoever reads it; an attempt that ends before that has a reason of its own.
    small.catch(() => undefined);
  }

  return async function* (from = 0) {
    if (isSmall) small ??= readSmall();
    const slices = await small;
    if (slices === undefined) yield* readObject(s3, object, signal, from);
    else yield* slicesFrom(slices, from);
  };
};

function* slicesFrom(slices: readonly Buffer[], from: number): Generator<Buffer> {
  let offset = 0;
  for (const slice of slices) {
    const skipped = Math.max(0, from - offset);
    offset += slice.length;
    if (skipped < slice.length) yield slice.subarray(skipped);
  }
}
