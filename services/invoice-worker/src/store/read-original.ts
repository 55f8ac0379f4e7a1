import { createHash } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";
import { type ObjectReference, readObject } from "@stockwire/service-kit/uploads/read-object";
import { MAX_INVOICE_BYTES } from "../text/read-text.ts";

export interface OriginalFile {
  /** The whole file; of one that is too large to be an invoice only as much as shows that. */
  readonly content: Uint8Array;
  readonly bytes: number;
  /** Lower-case hexadecimal, of the whole file. */
  readonly sha256: string;
}

/** Reads the file once; memory is bounded, however large it is. Throws as `readObject` does. */
export const readOriginal = async (
  s3: S3Client,
  reference: ObjectReference,
  signal: AbortSignal,
): Promise<OriginalFile> => {
  const digest = createHash("sha256");
  const kept: Buffer[] = [];
  let bytes = 0;
  for await (const slice of readObject(s3, reference, signal)) {
    digest.update(slice);
    if (bytes <= MAX_INVOICE_BYTES) kept.push(slice);
    bytes += slice.length;
  }
  return { content: Buffer.concat(kept), bytes, sha256: digest.digest("hex") };
};
