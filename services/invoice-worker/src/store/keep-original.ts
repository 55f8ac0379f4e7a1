import { CopyObjectCommand, HeadObjectCommand, type S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import type { UploadItem } from "@stockwire/contracts/items";
import { originalKey } from "@stockwire/contracts/keys";
import { kindOf, permanent, waiting } from "@stockwire/service-kit/errors";
import type { Logger } from "@stockwire/service-kit/logger";
import type { Progress } from "@stockwire/service-kit/uploads/progress";
import type { ObjectReference } from "@stockwire/service-kit/uploads/read-object";

interface Tools {
  readonly s3: S3Client;
  readonly progress: Progress;
  readonly log: Logger;
  /** Where originals are kept. */
  readonly bucket: string;
}

/** Until the copy stands, giving up would lose the file within a day. */
const RETRY_SECONDS = 20;

/**
 * Copies the file out of the bucket in which it lives for a day, and lets the receipt name the copy, so that receipt,
 * download and redrive outlive the source. The copy is made once and never again: its key is the upload's own.
 * Throws the permanent WorkErrors `object_missing` and `object_replaced`; whatever else keeps it from being made is
 * `waiting`, which no attempt counts, since an upload that is given up before it has a copy could not be brought back.
 */
export const keepOriginal = async (tools: Tools, upload: UploadItem): Promise<ObjectReference> => {
  const { UploadId, Bucket, Key, ETag = "" } = upload;
  if (Bucket === tools.bucket) return { bucket: Bucket, key: Key, etag: ETag };
  const key = originalKey(UploadId);
  const etag = await copyOf(tools, upload, key).catch((error: unknown) => {
    if (kindOf(error) !== "retryable") throw error;
    tools.log.error({ err: error, uploadId: UploadId }, "an original cannot be kept; tried until it can");
    throw waiting("original_not_kept", `no copy could be made of ${upload.Key}`, RETRY_SECONDS);
  });
  // Not the version: one that is not the current one any more would expire long before the receipt.
  await tools.progress.note(UploadId, { Bucket: tools.bucket, Key: key, ETag: etag }, ["VersionId"]);
  return { bucket: tools.bucket, key, etag };
};

/** @returns the copy's ETag, without quotes */
const copyOf = async ({ s3, bucket }: Tools, upload: UploadItem, key: string): Promise<string> => {
  const version = upload.VersionId === undefined ? "" : `?versionId=${encodeURIComponent(upload.VersionId)}`;
  const path = upload.Key.split("/").map(encodeURIComponent).join("/");
  try {
    const { CopyObjectResult } = await s3.send(
      new CopyObjectCommand({
        Bucket: bucket,
        Key: key,
        IfNoneMatch: "*",
        CopySource: `${upload.Bucket}/${path}${version}`,
        CopySourceIfMatch: upload.ETag === undefined ? undefined : `"${upload.ETag}"`,
        MetadataDirective: "REPLACE",
        // Tags of a drop would need permissions of their own.
        TaggingDirective: "REPLACE",
        ContentType: "text/plain",
        ChecksumAlgorithm: "CRC64NVME",
      }),
    );
    return bare(CopyObjectResult?.ETag);
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status === undefined || !GONE_OR_TAKEN.has(status)) throw error;
    // An earlier attempt, or another delivery at this moment, has made it.
    const earlier = await existing(s3, bucket, key);
    if (earlier !== undefined) return earlier;
    if (status === 412) {
      const message = `the object ${upload.Key} was overwritten before it could be read; what stands there now is another upload`;
      throw permanent("object_replaced", message, error);
    }
    const message = `the object ${upload.Key} is no longer in its bucket; send the file again`;
    throw permanent("object_missing", message, error);
  }
};

/** 405: the version is a delete marker; 409 and 412: the destination is, or is just being, written. */
const GONE_OR_TAKEN: ReadonlySet<number> = new Set([404, 405, 409, 412]);

const existing = async (s3: S3Client, Bucket: string, Key: string): Promise<string | undefined> => {
  try {
    return bare((await s3.send(new HeadObjectCommand({ Bucket, Key }))).ETag);
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined;
    throw error;
  }
};

const bare = (etag: string | undefined): string => etag?.replaceAll('"', "") ?? "";
