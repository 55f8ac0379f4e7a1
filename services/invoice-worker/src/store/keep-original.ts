import { CopyObjectCommand, HeadObjectCommand, type S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import type { UploadItem } from "@stockwire/contracts/items";
import { originalKey } from "@stockwire/contracts/keys";
import { permanent } from "@stockwire/service-kit/errors";
import type { Progress } from "@stockwire/service-kit/uploads/progress";
import type { ObjectReference } from "@stockwire/service-kit/uploads/read-object";

interface Tools {
  readonly s3: S3Client;
  readonly progress: Progress;
  /** Where originals are kept. */
  readonly bucket: string;
}

/**
 * Copies the file out of the bucket in which it lives for a day, and lets the receipt name the copy, so that receipt,
 * download and redrive outlive the source. Safe to repeat: the same upload has the same copy.
 * Throws the permanent WorkErrors `object_missing` and `object_replaced`.
 */
export const keepOriginal = async (tools: Tools, upload: UploadItem): Promise<ObjectReference> => {
  const { UploadId, Bucket, Key, ETag = "", VersionId } = upload;
  if (Bucket === tools.bucket) return referenceOf(Bucket, Key, ETag, VersionId);
  const key = originalKey(UploadId);
  const copy = await copyOf(tools, upload, key);
  const etag = copy.ETag?.replaceAll('"', "") ?? "";
  await tools.progress.note(UploadId, {
    Bucket: tools.bucket,
    Key: key,
    ETag: etag,
    ...(copy.VersionId !== undefined && { VersionId: copy.VersionId }),
  });
  return referenceOf(tools.bucket, key, etag, copy.VersionId);
};

const referenceOf = (
  bucket: string,
  key: string,
  etag: string,
  versionId: string | undefined,
): ObjectReference => ({ bucket, key, etag, ...(versionId !== undefined && { versionId }) });

interface Copy {
  readonly ETag?: string | undefined;
  readonly VersionId?: string | undefined;
}

const copyOf = async ({ s3, bucket }: Tools, upload: UploadItem, key: string): Promise<Copy> => {
  const version = upload.VersionId === undefined ? "" : `?versionId=${encodeURIComponent(upload.VersionId)}`;
  const path = upload.Key.split("/").map(encodeURIComponent).join("/");
  try {
    const { CopyObjectResult, VersionId } = await s3.send(
      new CopyObjectCommand({
        Bucket: bucket,
        Key: key,
        CopySource: `${upload.Bucket}/${path}${version}`,
        CopySourceIfMatch: upload.ETag === undefined ? undefined : `"${upload.ETag}"`,
        MetadataDirective: "REPLACE",
        ContentType: "text/plain",
      }),
    );
    return { ETag: CopyObjectResult?.ETag, VersionId };
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status === 412) {
      const message = `the object ${upload.Key} was overwritten before it could be read; what stands there now is another upload`;
      throw permanent("object_replaced", message, error);
    }
    if (status !== 404 && status !== 405) throw error;
    // An attempt that died right after the copy has left it behind.
    const earlier = await existing(s3, bucket, key);
    if (earlier !== undefined) return earlier;
    const message = `the object ${upload.Key} is no longer in its bucket; send the file again`;
    throw permanent("object_missing", message, error);
  }
};

const existing = async (s3: S3Client, Bucket: string, Key: string): Promise<Copy | undefined> => {
  try {
    return await s3.send(new HeadObjectCommand({ Bucket, Key }));
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined;
    throw error;
  }
};
