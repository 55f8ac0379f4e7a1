import {
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { expiresAt, type UploadItem } from "@stockwire/contracts/items";
import { compositeKey, dayOf, undoIdOf, uploadVersion } from "@stockwire/contracts/keys";
import { decodeUploadMetadata, type LoadMode } from "@stockwire/contracts/object-metadata";
import type { UploadKind } from "@stockwire/contracts/receipt";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { v5 as uuidFromName } from "uuid";
import type { ObjectCreated } from "./decode-event.ts";
import type { UploadsTable } from "./uploads-table.ts";

/** Namespace of the ids of direct drops; any fixed UUID serves. */
const DROPS = "6f1c2a52-3b0e-5d53-9a64-0c0f6f3f5b11";

/** What receipts are made with. */
export interface ReceiptMaking {
  readonly s3: S3Client;
  readonly uploads: UploadsTable;
  readonly kind: UploadKind;
  /** Days that a receipt is kept. */
  readonly receiptDays: number;
  /** Finds a receipt; left out: as it stands in `uploads`. */
  readonly find?: UploadsTable["get"];
}

/**
 * Finds the receipt that an event is about, or makes it; undefined where there is nothing to load or to report.
 * Objects that the API put carry their upload id; any other object is a drop, whose id follows from what was dropped,
 * so a repeated event is the same upload and a new drop on the same key is a new one.
 * @param receivedAt ISO 8601; for who knows better than the event when the object was there. Without versions a drop's id
 *   is made of the event's time, which then is the receipt's, too
 */
export const identifyUpload = async (
  making: ReceiptMaking,
  event: ObjectCreated,
  receivedAt: string = event.eventTime,
): Promise<UploadItem | undefined> => {
  const { s3, uploads, kind, find = uploads.get } = making;
  const named =
    uploadKinds[kind].uploadIdOf(event.key) ?? (kind === "inventory" ? undoIdOf(event.key) : undefined);
  const known = named === undefined ? undefined : await find(named);
  if (known?.Kind === kind) return known;
  // An id of the other kind's upload in the key was not put there by the API.
  const apiUploadId = known === undefined ? named : undefined;

  const head = await headObject(s3, event);
  // The API takes its objects back when a request fails after all: its client knows, there is nothing to report.
  if (head === undefined && apiUploadId !== undefined) return undefined;
  const metadata = apiUploadId === undefined ? undefined : decodeUploadMetadata(head?.Metadata);
  if (head !== undefined && apiUploadId !== undefined && metadata?.uploadId === apiUploadId) {
    return uploads.create(
      receiptOf(making, event, head, {
        uploadId: apiUploadId,
        receivedAt: metadata.receivedAt ?? receivedAt,
        filename: metadata.filename,
        mode: metadata.mode,
        ...(metadata.undoOf !== undefined && { undoOf: metadata.undoOf }),
        ...(metadata.storeRestriction !== undefined && { storeRestriction: metadata.storeRestriction }),
        ...(metadata.sha256 !== undefined && { sha256: metadata.sha256 }),
      }),
    );
  }
  const filename = event.key.slice(event.key.lastIndexOf("/") + 1) || event.key;
  return uploads.create(
    receiptOf(making, event, head, {
      uploadId: dropIdOf({ ...event, etag: event.etag ?? etagOf(head) ?? "" }),
      receivedAt: event.versionId === undefined ? event.eventTime : receivedAt,
      filename,
      mode: "load",
    }),
  );
};

/** Undefined when the object is not there any more; the receipt then says so when it is read. */
const headObject = async (
  s3: S3Client,
  event: ObjectCreated,
): Promise<HeadObjectCommandOutput | undefined> => {
  try {
    return await s3.send(
      new HeadObjectCommand({
        Bucket: event.bucket,
        Key: event.key,
        ...(event.versionId !== undefined && { VersionId: event.versionId }),
      }),
    );
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined;
    throw error;
  }
};

const etagOf = (head: HeadObjectCommandOutput | undefined): string | undefined =>
  head?.ETag?.replaceAll('"', "");

/**
 * A drop's upload id: of bucket, key and version id; in a bucket without versions the ETag and the time of the event stand
 * in for the version, in milliseconds: the same in every repeat of an event, and different for a second drop of the same
 * bytes.
 */
export const dropIdOf = ({
  bucket,
  key,
  etag,
  eventTime,
  versionId,
}: ObjectCreated & { readonly etag: string }): string =>
  uuidFromName(compositeKey(bucket, key, versionId ?? compositeKey(etag, eventTime)), DROPS);

const receiptOf = (
  { kind, receiptDays }: ReceiptMaking,
  event: ObjectCreated,
  head: HeadObjectCommandOutput | undefined,
  upload: {
    readonly uploadId: string;
    readonly receivedAt: string;
    readonly filename: string;
    readonly mode: LoadMode;
    readonly undoOf?: string;
    readonly storeRestriction?: string;
    readonly sha256?: string;
  },
): UploadItem => {
  const etag = event.etag ?? etagOf(head);
  return {
    UploadId: upload.uploadId,
    Kind: kind,
    Status: "received",
    Filename: upload.filename,
    Bytes: head?.ContentLength ?? 0,
    ReceivedAt: upload.receivedAt,
    Version: uploadVersion(upload.receivedAt, upload.uploadId),
    Day: dayOf(upload.receivedAt),
    Mode: upload.mode,
    Bucket: event.bucket,
    Key: event.key,
    ExpiresAt: expiresAt(Date.now(), receiptDays),
    ...(etag !== undefined && { ETag: etag }),
    ...(event.versionId !== undefined && { VersionId: event.versionId }),
    ...(upload.sha256 !== undefined && { Sha256: upload.sha256 }),
    ...(upload.undoOf !== undefined && { UndoOf: upload.undoOf }),
    ...(upload.storeRestriction !== undefined && {
      StoreRestriction: upload.storeRestriction,
      Store: upload.storeRestriction,
    }),
  };
};
