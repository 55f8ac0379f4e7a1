import { AbortMultipartUploadCommand, CreateMultipartUploadCommand } from "@aws-sdk/client-s3";
import { expiresAt, PENDING_UPLOAD_DAYS, type PendingUploadItem } from "@stockwire/contracts/items";
import type { LoadMode } from "@stockwire/contracts/object-metadata";
import type { UploadKind } from "@stockwire/contracts/receipt";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { v7 as uuidv7 } from "uuid";
import type { ApiContext } from "../context.ts";
import { objectMetadata } from "../intake/object-metadata.ts";
import { partBytesFor } from "./part-plan.ts";
import { placeOf } from "./place.ts";

/** What a sender announces. */
export interface Announced {
  readonly kind: UploadKind;
  readonly mode: LoadMode;
  readonly filename: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly storeRestriction: string | undefined;
  /** Id of the principal. */
  readonly owner: string;
}

/**
 * Begins the multipart upload in S3. The object's metadata is decided here, where no sender can change it: a worker that
 * meets the object before there is a receipt goes by it. Of parts that come without a checksum S3 computes CRC-64/NVME
 * by itself, and from them that of the whole object.
 */
export const openUpload = async (announced: Announced, context: ApiContext): Promise<PendingUploadItem> => {
  const { kind, mode, filename, bytes, sha256, storeRestriction, owner } = announced;
  const UploadId = uuidv7();
  const place = placeOf({ UploadId, Kind: kind }, context);
  const { UploadId: S3UploadId } = await context.s3.send(
    new CreateMultipartUploadCommand({
      ...place,
      ContentType: uploadKinds[kind].contentType,
      Metadata: objectMetadata({
        uploadId: UploadId,
        filename,
        mode,
        sha256,
        ...(storeRestriction !== undefined && { storeRestriction }),
      }),
      ChecksumAlgorithm: "CRC64NVME",
      ChecksumType: "FULL_OBJECT",
    }),
  );
  if (S3UploadId === undefined) throw new Error("S3 began a multipart upload and did not name it");
  const now = Date.now();
  const item: PendingUploadItem = {
    UploadId,
    S3UploadId,
    State: "open",
    Kind: kind,
    Mode: mode,
    Filename: filename,
    Bytes: bytes,
    Sha256: sha256,
    PartBytes: partBytesFor(bytes, context.presigned.smallestPart),
    Owner: owner,
    CreatedAt: new Date(now).toISOString(),
    OpenUntil: Math.ceil(now / 1000) + context.presigned.openSeconds,
    Parts: {},
    ExpiresAt: expiresAt(now, PENDING_UPLOAD_DAYS),
    ...(storeRestriction !== undefined && { StoreRestriction: storeRestriction }),
  };
  try {
    await context.pendingUploads.put(item);
    return item;
  } catch (error) {
    await context.s3
      .send(new AbortMultipartUploadCommand({ ...place, UploadId: S3UploadId }))
      .catch((cause) => context.log.error({ err: cause, uploadId: UploadId }, "could not abort an upload"));
    throw error;
  }
};
