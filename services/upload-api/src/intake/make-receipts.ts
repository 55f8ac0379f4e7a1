import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { expiresAt, type UploadItem } from "@stockwire/contracts/items";
import { dayOf, uploadVersion } from "@stockwire/contracts/keys";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import type { StoredObject } from "@stockwire/service-kit/uploads/parts-upload";
import type { ApiContext } from "../context.ts";
import type { IdentifiedFile, Intake, TakenIn } from "./intake.ts";
import { settleAll } from "./settle-all.ts";

/** A file whose object stands in S3. */
interface StoredFile {
  readonly file: Pick<IdentifiedFile, "uploadId" | "filename" | "bytes" | "sha256">;
  readonly receivedAt: string;
  readonly object: StoredObject;
}

/**
 * Makes the receipts of one request's files. A worker that was told of the object may have been quicker: its receipt,
 * and so its version, then stands. When one cannot be made, those made here are taken back, unless `keep` says that the
 * request will be continued.
 */
export const makeReceipts = async (
  stored: readonly StoredFile[],
  intake: Intake,
  context: ApiContext,
  { keep }: { readonly keep: boolean },
): Promise<TakenIn[]> => {
  const items = stored.map((file) => uploadItem(file, intake, context));
  try {
    const standing = await settleAll(items.map((item) => context.uploads.create(item)));
    for (const item of standing) context.live.receipt(item);
    return stored.map(({ file: { uploadId, filename, bytes, sha256 } }, index) => {
      const status = standing[index]?.Status ?? "received";
      return { uploadId, filename, bytes, sha256, status };
    });
  } catch (error) {
    if (!keep) await settleAll(items.map((item) => takeBack(item, context)));
    throw error;
  }
};

/** The receipt of a file that nothing has happened to yet. */
export const uploadItem = (
  stored: StoredFile,
  intake: Omit<Intake, "filename">,
  context: ApiContext,
): UploadItem => {
  const { file, receivedAt, object } = stored;
  const { kind, storeRestriction } = intake;
  const { bucket, objectKey } = uploadKinds[kind];
  return {
    UploadId: file.uploadId,
    Kind: kind,
    Status: "received",
    Filename: file.filename,
    Bytes: file.bytes,
    ReceivedAt: receivedAt,
    Version: uploadVersion(receivedAt, file.uploadId),
    Day: dayOf(receivedAt),
    Mode: intake.mode,
    Bucket: context.resources.buckets[bucket],
    Key: objectKey(file.uploadId),
    Sha256: file.sha256,
    ExpiresAt: expiresAt(Date.parse(receivedAt), context.receiptDays),
    ...(object.etag !== undefined && { ETag: object.etag.replaceAll('"', "") }),
    ...(object.versionId !== undefined && { VersionId: object.versionId }),
    ...(storeRestriction !== undefined && { Store: storeRestriction, StoreRestriction: storeRestriction }),
  };
};

/** Only while nothing has happened to it: what a worker has begun to tell stays. */
const takeBack = async (item: UploadItem, context: ApiContext): Promise<void> => {
  try {
    await context.dynamo.send(
      new DeleteCommand({
        TableName: context.resources.tables.Uploads,
        Key: { UploadId: item.UploadId },
        ConditionExpression: "attribute_not_exists(UploadId) OR (#status = :received AND Version = :version)",
        ExpressionAttributeNames: { "#status": "Status" },
        ExpressionAttributeValues: { ":received": "received", ":version": item.Version },
      }),
    );
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return;
    context.log.error({ err: error, uploadId: item.UploadId }, "could not take a receipt back");
  }
};
