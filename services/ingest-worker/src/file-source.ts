import type { S3Client } from "@aws-sdk/client-s3";
import { readObject } from "@stockwire/service-kit/uploads/read-object";
import type { LoadJob } from "./load-job.ts";

/** The bytes of a job's file from an offset on, in slices; throws what `readObject` throws. */
export type FileSource = (from?: number) => AsyncIterable<Buffer>;

/** Files up to this size are kept between the two passes over them: most are, and asking S3 twice would cost them a request. */
const MAX_KEPT_BYTES = 1024 * 1024;

/** Reads the object, or, once a small one was read to its end, the memory of it; both are the same state of its key. */
export const createFileSource = (
  s3: S3Client,
  { object, bytes }: LoadJob["file"],
  signal: AbortSignal,
): FileSource => {
  let kept: readonly Buffer[] | undefined;

  async function* keeping(): AsyncGenerator<Buffer> {
    const slices: Buffer[] = [];
    let size = 0;
    for await (const slice of readObject(s3, object, signal)) {
      size += slice.length;
      if (size <= MAX_KEPT_BYTES) slices.push(slice);
      yield slice;
    }
    if (size <= MAX_KEPT_BYTES) kept = slices;
  }

  return (from = 0) => {
    if (kept !== undefined) return fromMemory(kept, from);
    return from === 0 && bytes <= MAX_KEPT_BYTES ? keeping() : readObject(s3, object, signal, from);
  };
};

async function* fromMemory(slices: readonly Buffer[], from: number): AsyncGenerator<Buffer> {
  let offset = 0;
  for (const slice of slices) {
    const skipped = Math.max(0, from - offset);
    offset += slice.length;
    if (skipped < slice.length) yield slice.subarray(skipped);
  }
}
