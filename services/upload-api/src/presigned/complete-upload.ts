import { CompleteMultipartUploadCommand, S3ServiceException } from "@aws-sdk/client-s3";
import type { PendingUploadItem } from "@stockwire/contracts/items";
import type { ApiContext } from "../context.ts";
import {
  partsMissing,
  partsNotThere,
  partTooSmall,
  sizeMismatch,
  uploadExpired,
} from "../errors/api-error.ts";
import type { TakenIn } from "../intake/intake.ts";
import { uploadItem } from "../intake/make-receipts.ts";
import { removeObject } from "../intake/remove-object.ts";
import { planParts } from "./part-plan.ts";
import { madeObject, placeOf } from "./place.ts";
import { type PresentPart, presentParts } from "./present-parts.ts";

/**
 * Has S3 make the object of the parts, and makes the receipt. It may be repeated, and run at the same time, any number
 * of times: whoever finds the object made goes on from there, and the first receipt stands. After a crash in the middle
 * either a repeated call ends it, or the worker, which is told of the object, makes the receipt from its metadata.
 * @throws parts_missing, size_mismatch, upload_expired
 */
export const completeUpload = async (item: PendingUploadItem, context: ApiContext): Promise<TakenIn> => {
  const { UploadId } = item;
  if (item.State === "aborted") throw uploadExpired(UploadId);
  if (item.State === "open" || (await madeObject(item, context)) === undefined) {
    const parts = await presentParts(item, context);
    checkParts(item, parts);
    await context.pendingUploads.move(UploadId, ["open"], "completing");
    await makeObject(item, parts, context);
  }
  return makeReceipt(item, context);
};

/** Before S3 is asked, so that the answer names the parts. */
const checkParts = (item: PendingUploadItem, present: readonly PresentPart[]): void => {
  const byNumber = new Map(present.map((part) => [part.partNumber, part]));
  const planned = planParts(item.Bytes, item.PartBytes);
  const missing = planned.filter(({ partNumber }) => !byNumber.has(partNumber));
  if (missing.length > 0) throw partsMissing(missing.map(({ partNumber }) => partNumber));
  for (const { partNumber, bytes } of planned) {
    const found = byNumber.get(partNumber)?.bytes ?? bytes;
    if (found !== bytes) throw sizeMismatch(`Part ${partNumber}`, found, bytes);
  }
};

const makeObject = async (
  item: PendingUploadItem,
  parts: readonly PresentPart[],
  context: ApiContext,
): Promise<void> => {
  const numbers = planParts(item.Bytes, item.PartBytes).length;
  const Parts = parts
    .filter(({ partNumber }) => partNumber <= numbers)
    .sort((a, b) => a.partNumber - b.partNumber)
    .map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: `"${etag}"` }));
  try {
    await context.s3.send(
      new CompleteMultipartUploadCommand({
        ...placeOf(item, context),
        UploadId: item.S3UploadId,
        MultipartUpload: { Parts },
        MpuObjectSize: item.Bytes,
      }),
    );
  } catch (error) {
    await explain(error, item, context);
  }
};

/** Returns where the object stands all the same: somebody else, or a lost answer, has completed it. */
const explain = async (error: unknown, item: PendingUploadItem, context: ApiContext): Promise<void> => {
  const { UploadId } = item;
  const name = error instanceof S3ServiceException ? error.name : "";
  if (name === "NoSuchUpload") {
    if ((await madeObject(item, context)) !== undefined) return;
    await context.pendingUploads.move(UploadId, ["open", "completing"], "aborted");
    throw uploadExpired(UploadId, error);
  }
  if (!REFUSALS.has(name)) throw error;
  await context.pendingUploads.move(UploadId, ["completing"], "open");
  if (name === "EntityTooSmall") throw partTooSmall(error);
  if (name === "InvalidRequest") throw sizeMismatch("The file", undefined, item.Bytes, error);
  throw partsNotThere(error);
};

/** What S3 says of parts that do not fit; the upload stays open. */
const REFUSALS: ReadonlySet<string> = new Set([
  "InvalidPart",
  "InvalidPartOrder",
  "EntityTooSmall",
  "InvalidRequest",
]);

/**
 * The moment at which the upload counts as received is that of its first `complete` that gets here. An object of another
 * size is removed; the worker may have been told of it already, and then finds that its digest differs.
 */
const makeReceipt = async (item: PendingUploadItem, context: ApiContext): Promise<TakenIn> => {
  const { UploadId, Kind, Mode, Filename, Bytes, Sha256, StoreRestriction } = item;
  const taken = { uploadId: UploadId, filename: Filename, bytes: Bytes, sha256: Sha256 };
  const earlier = await context.uploads.get(UploadId);
  if (earlier !== undefined && item.State === "completed") return { ...taken, status: earlier.Status };
  const object = await madeObject(item, context);
  if (object === undefined) throw uploadExpired(UploadId);
  if (object.bytes !== Bytes) {
    const { Bucket, Key } = placeOf(item, context);
    await removeObject(context.s3, Bucket, Key);
    await context.pendingUploads.move(UploadId, ["open", "completing"], "aborted");
    throw sizeMismatch("The file", object.bytes, Bytes);
  }
  const receivedAt = context.issueReceivedAt();
  const intake = { kind: Kind, mode: Mode, storeRestriction: StoreRestriction };
  const standing = await context.uploads.create(
    uploadItem({ file: taken, receivedAt, object }, intake, context),
  );
  context.live.receipt(standing);
  if (await context.pendingUploads.move(UploadId, ["open", "completing"], "completed")) {
    context.metrics.stockwire_uploads_total.inc({ kind: Kind, outcome: "accepted" });
    context.metrics.stockwire_upload_bytes_total.inc({ kind: Kind }, Bytes);
  }
  return { ...taken, status: standing.Status };
};
