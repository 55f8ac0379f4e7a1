import { createHash } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expiresAt, LOADS_DAYS, type UploadItem } from "@stockwire/contracts/items";
import { dayOf, undoIdFor, undoRequestKey, uploadVersion } from "@stockwire/contracts/keys";
import { encodeUploadMetadata } from "@stockwire/contracts/object-metadata";
import type { ApiContext } from "../context.ts";
import { notUndoable, undoTooLate } from "../errors/api-error.ts";
import type { TakenIn } from "./intake.ts";

/** Each step of undoing what undid something makes the version longer; the worker goes one further. */
const MAX_DEPTH = 6;
const DAY_MS = 86_400_000;

/**
 * Asks for what an upload has changed to be put back: an upload of its own, with a receipt. Its id follows from the
 * upload's, so asking again is answered with the one that there is.
 * @throws not_undoable, undo_too_late
 */
export const undoUpload = async (target: UploadItem, context: ApiContext): Promise<TakenIn> => {
  const undoId = undoIdFor(target.UploadId);
  const earlier = await context.uploads.get(undoId);
  if (earlier !== undefined) return toTakenIn(earlier);
  await mustBeUndoable(target, context);

  const receivedAt = context.issueReceivedAt();
  const body = `${JSON.stringify({ undo: target.UploadId })}\n`;
  const place = { Bucket: context.resources.buckets.inventory, Key: undoRequestKey(undoId) };
  const filename = `undo of ${target.Filename}`;
  const sha256 = createHash("sha256").update(body).digest("hex");
  // The object first, as for every upload: a worker that is told of it can make the receipt, but nobody the object.
  const { ETag, VersionId } = await context.s3.send(
    new PutObjectCommand({
      ...place,
      Body: body,
      ContentType: "application/json",
      ChecksumAlgorithm: "CRC64NVME",
      Metadata: encodeUploadMetadata({
        uploadId: undoId,
        filename,
        mode: "undo",
        undoOf: target.UploadId,
        sha256,
        receivedAt,
        ...(target.Store !== undefined && { storeRestriction: target.Store }),
      }),
    }),
  );
  const standing = await context.uploads.create({
    UploadId: undoId,
    Kind: "inventory",
    Status: "received",
    Mode: "undo",
    UndoOf: target.UploadId,
    Filename: filename,
    Bytes: Buffer.byteLength(body),
    Sha256: sha256,
    ReceivedAt: receivedAt,
    Version: uploadVersion(receivedAt, undoId),
    Day: dayOf(receivedAt),
    ...place,
    ExpiresAt: expiresAt(Date.parse(receivedAt), context.receiptDays),
    ...(ETag !== undefined && { ETag: ETag.replaceAll('"', "") }),
    ...(VersionId !== undefined && { VersionId }),
    ...(target.Store !== undefined && { Store: target.Store, StoreRestriction: target.Store }),
  });
  context.live.receipt(standing);
  return toTakenIn(standing);
};

const mustBeUndoable = async (target: UploadItem, context: ApiContext): Promise<void> => {
  const { UploadId, Kind, Status, Mode } = target;
  if (Kind !== "inventory") throw notUndoable(UploadId, "is an invoice; send a corrected one");
  if (Mode === "validate") throw notUndoable(UploadId, "was a dry run, which changes nothing");
  if (Status === "duplicate") {
    throw notUndoable(UploadId, `repeats ${target.DuplicateOf} and changed nothing; undo that one`);
  }
  if (Status === "rejected") throw notUndoable(UploadId, "was rejected and changed nothing");
  if (Status !== "loaded" && Status !== "partial") {
    throw notUndoable(UploadId, `is ${Status}; it can be undone once it is loaded`);
  }
  // Which later loads have touched the same rows stands in the ledger, and is forgotten after so many days.
  const origin = await originOf(target, context);
  if (Date.now() - Date.parse(origin.ReceivedAt) > (LOADS_DAYS - 1) * DAY_MS) {
    throw undoTooLate(UploadId, LOADS_DAYS - 1);
  }
};

const originOf = async (target: UploadItem, context: ApiContext): Promise<UploadItem> => {
  let origin = target;
  for (let depth = 0; origin.UndoOf !== undefined; depth++) {
    if (depth === MAX_DEPTH) {
      throw notUndoable(target.UploadId, "is the end of a chain of undoings; send the file again");
    }
    const next = await context.uploads.get(origin.UndoOf);
    if (next === undefined) throw notUndoable(target.UploadId, "undoes an upload whose receipt is gone");
    origin = next;
  }
  return origin;
};

const toTakenIn = ({ UploadId, Filename, Bytes, Sha256, Status }: UploadItem): TakenIn => ({
  uploadId: UploadId,
  filename: Filename,
  bytes: Bytes,
  sha256: Sha256 ?? "",
  status: Status,
});
