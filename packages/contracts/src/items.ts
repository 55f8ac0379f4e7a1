import type { InvoiceReading, InvoiceReport, InvoiceStatus } from "./invoice.ts";
import type { AlertKind, StoredLevel } from "./level.ts";
import type { LiveEventName } from "./live-event.ts";
import type { LoadMode } from "./object-metadata.ts";
import {
  isFinal,
  type Receipt,
  type RejectedRow,
  type RowCounts,
  type UploadError,
  type UploadKind,
  type UploadStatus,
  type Warning,
} from "./receipt.ts";

/** The items of the DynamoDB tables, attribute for attribute. */

export interface InventoryItem {
  readonly Store: string;
  readonly Item: string;
  /** Of a retired item: what it had when it was retired. */
  readonly Count: number;
  readonly Level: StoredLevel;
  /** The count before this one; null where the item was not there, or retired. */
  readonly Previous: number | null;
  /** Version of the upload that wrote the row; see `uploadVersion`. */
  readonly Version: string;
  /** Physical line in that upload's file. */
  readonly Line: number;
  readonly UploadId: string;
  /** ISO 8601. */
  readonly UpdatedAt: string;
}

export interface UploadItem {
  readonly UploadId: string;
  readonly Kind: UploadKind;
  readonly Status: UploadStatus;
  readonly Filename: string;
  readonly Bytes: number;
  readonly ReceivedAt: string;
  readonly Version: string;
  /** UTC day of ReceivedAt; partition key of the index `byDay`. */
  readonly Day: string;
  readonly Mode: LoadMode;
  /** The upload that this one undoes. */
  readonly UndoOf?: string;
  readonly Bucket: string;
  readonly Key: string;
  readonly ETag?: string;
  readonly VersionId?: string;
  readonly Sha256?: string;
  /** The one store that the file is about; absent while unknown or where it names several. */
  readonly Store?: string;
  /** The only store whose rows may load. */
  readonly StoreRestriction?: string;
  /** Stores that the file names, kept while it waits for its turn. */
  readonly NamedStores?: readonly string[];
  /** With them: whether no row was refused that may be about an item of these stores. */
  readonly NamesEveryItem?: boolean;
  readonly StartedAt?: string;
  readonly FinishedAt?: string;
  /** While it is loading: so far. */
  readonly Rows?: RowCounts;
  /** Items of its stores that a `replace` retired. */
  readonly Retired?: number;
  /** While it is loading: bytes read, of two passes, of which each counts half. */
  readonly BytesDone?: number;
  /** Where another attempt may go on instead of starting over. */
  readonly Checkpoint?: Checkpoint;
  readonly Rejected?: readonly RejectedRow[];
  readonly Warnings?: readonly Warning[];
  readonly DuplicateOf?: string;
  readonly Error?: UploadError;
  /** What was read in an invoice's file. */
  readonly Invoice?: InvoiceReport;
  /** Attempts that failed for reasons other than the file itself. */
  readonly FailedAttempts?: number;
  /** When a worker last said that it is at it; ISO 8601. */
  readonly TouchedAt?: string;
  /** When its event was last sent again because nobody seemed to be; ISO 8601. */
  readonly AnnouncedAt?: string;
  /** Epoch seconds. */
  readonly ExpiresAt: number;
}

/** A row boundary up to which everything is in the table. */
export interface Checkpoint {
  /** Bytes from the file's start. */
  readonly Offset: number;
  /** Physical line that begins there, from 1. */
  readonly Line: number;
  /** Of the rows before it. */
  readonly Rows: RowCounts;
  readonly Warnings: readonly Warning[];
}

/** `open` from registration to the end; `duplicate` is an end that wrote nothing. */
export type LoadState = "open" | "finished" | "duplicate";

/** One load's claim on one store. */
export interface LoadItem {
  readonly Store: string;
  readonly Version: string;
  readonly State: LoadState;
  /** What decides the load's effect: sha-256 of the bytes and the store restriction. */
  readonly Content: string;
  /** Absent for `load`. */
  readonly Mode?: "replace" | "undo";
  readonly Bucket: string;
  readonly Key: string;
  readonly ETag: string;
  readonly VersionId?: string;
  readonly StoreRestriction?: string;
  /** Set when the load finished: what happened to the rows, for a crash between here and the receipt. */
  readonly Written?: number;
  readonly Unchanged?: number;
  readonly Stale?: number;
  readonly Retired?: number;
  readonly DuplicateOf?: string;
  /** Set where an older load of the store was still open when this one began: what it found was not yet all there was. */
  readonly BesideOlder?: true;
  /** Set where newer loads of the store had begun before this one: the newest of their versions. */
  readonly OvertakenBy?: string;
  /** Of an undoing, in the first of its stores: nothing spoke against it when it began, so it goes on whatever comes later. */
  readonly Sure?: true;
  /** Epoch seconds. */
  readonly ExpiresAt: number;
}

export interface AlertItem {
  /** Store + U+001F + Item. */
  readonly StoreItem: string;
  readonly Version: string;
  readonly Store: string;
  readonly Item: string;
  readonly Kind: AlertKind;
  readonly Count: number;
  /** Absent for an item that was not there before. */
  readonly Previous?: number;
  readonly Message: string;
  readonly UploadId: string;
  /** When the row was written, ISO 8601. */
  readonly At: string;
  readonly Day: string;
  /** Absent until the notification went out. */
  readonly PublishedAt?: string;
  /** Epoch milliseconds until which the worker that claimed this transition may publish it undisturbed. */
  readonly ClaimedUntil?: number;
  /** Attempts to tell that failed. */
  readonly FailedAttempts?: number;
  readonly ExpiresAt: number;
}

/** One live event. */
export interface EventItem {
  /** UTC minute of EventId's time: `2026-03-01T08:15`. */
  readonly Minute: string;
  /** UUIDv7: sorts by the time at which it was appended. */
  readonly EventId: string;
  readonly Name: LiveEventName;
  /** The one store that it concerns; absent where only callers with all stores may see it. */
  readonly Store?: string;
  /** JSON of the event. */
  readonly Data: string;
  /** Epoch seconds. */
  readonly ExpiresAt: number;
}

export interface StoreItem {
  readonly Store: string;
  readonly Items: number;
  readonly OutOfStock: number;
  /** Absent in a summary that was made before there were thresholds. */
  readonly Low?: number;
  readonly LastLoadAt: string;
  readonly LastUploadId: string;
  /** Counts up with each recomputation; writes are conditional on it. */
  readonly Revision: number;
}

export interface InvoiceItem {
  readonly CustomerId: string;
  readonly InvoiceId: string;
  readonly Status: InvoiceStatus;
  /** Present exactly while the status is `quarantined`; partition key of the sparse index. */
  readonly Quarantined?: "yes";
  readonly UploadId: string;
  /** Version of the upload that the record was made from; see `uploadVersion`. */
  readonly Version: string;
  readonly ReceivedAt: string;
  /** UTC day of ReceivedAt; partition key of the index `byDay`. */
  readonly Day: string;
  /** Of the file's bytes. */
  readonly Sha256: string;
  /** Values as read; absent where there is none. */
  readonly Date?: string;
  readonly From?: string;
  readonly To?: string;
  readonly Amount?: string;
  readonly Tax?: string;
  readonly Total?: string;
  readonly InWords?: string;
  /** The file's text; absent above 300 KB, when it stands only at OriginalKey. */
  readonly Original?: string;
  /** Bucket `invoice-csv-dest`. */
  readonly OriginalKey: string;
  /** Fields, items, checks and findings; absent above 300 KB, when they stand only at ReadingKey. */
  readonly Reading?: InvoiceReading;
  readonly ReadingKey?: string;
  /** Of an accepted invoice. */
  readonly CsvKey?: string;
  readonly LinesCsvKey?: string;
}

/**
 * `running` until the whole body has arrived; `storing` from the moment at which objects may have been made; `done` once
 * there is an answer to give again.
 */
export type IdempotencyState = "running" | "storing" | "done";

/** What became of one `Idempotency-Key` of a caller. */
export interface IdempotencyItem {
  /** Digest of caller, route and key. */
  readonly CallerKey: string;
  readonly State: IdempotencyState;
  /** Of the request that holds the claim; every change is conditional on it. */
  readonly Token: string;
  /** Epoch milliseconds until which nobody else may take the claim over; its holder keeps moving it on. */
  readonly LeaseUntil: number;
  /** Of all that decides the request's effect; from `storing` on. */
  readonly Fingerprint?: string;
  /** What the uploads are called and when they count as received, in the files' order; from `storing` on. */
  readonly Files?: readonly { readonly UploadId: string; readonly ReceivedAt: string }[];
  /** JSON of the uploads that were answered; only `done`. */
  readonly Answer?: string;
  /** Epoch seconds. */
  readonly ExpiresAt: number;
}

/** What a caller may do; `admin` includes the others. */
export type Scope = "upload" | "read" | "admin";

export interface ApiKeyItem {
  readonly KeyId: string;
  /** SHA-256 of the secret, lower-case hexadecimal. */
  readonly SecretSha256: string;
  /** What it is for, as the operator wrote it. */
  readonly Label: string;
  readonly Scopes: readonly Scope[];
  /** The one store that it is bound to; absent: all. */
  readonly Store?: string;
  /** ISO 8601. */
  readonly CreatedAt: string;
  /** ISO 8601; the key works until then. */
  readonly DisabledAt?: string;
}

/** `completing` from the moment that S3 may be making the object. */
export type PendingUploadState = "open" | "completing" | "completed" | "aborted";

/** A presigned upload: what was announced, and which of its parts are there. */
export interface PendingUploadItem {
  readonly UploadId: string;
  /** Id of the multipart upload in S3. */
  readonly S3UploadId: string;
  readonly State: PendingUploadState;
  readonly Kind: UploadKind;
  readonly Mode: LoadMode;
  readonly Filename: string;
  readonly Bytes: number;
  /** As announced, lower-case hexadecimal. */
  readonly Sha256: string;
  /** Of every part but the last. */
  readonly PartBytes: number;
  readonly StoreRestriction?: string;
  /** Id of the principal that may go on with it. */
  readonly Owner: string;
  /** ISO 8601. */
  readonly CreatedAt: string;
  /** Epoch seconds from which it counts as abandoned. */
  readonly OpenUntil: number;
  /** ETags, without quotes, by part number: what the sender reported. */
  readonly Parts: Readonly<Record<string, string>>;
  /** Epoch seconds. */
  readonly ExpiresAt: number;
}

/** A store's thresholds, in one item so that they change all at once. */
export interface ThresholdsItem {
  readonly Store: string;
  /** For every item that has none of its own; absent: such an item is never low. */
  readonly Default?: number;
  /** By item name; null: never low, whatever the default. */
  readonly Items: Readonly<Record<string, number | null>>;
  /** Counts up with each change. */
  readonly Revision: number;
  /** The revision by which all levels of the store are known to be set; see docs/decisions/0014-thresholds.md. */
  readonly SettledRevision?: number;
  /** ISO 8601. */
  readonly UpdatedAt: string;
}

/** DynamoDB's limit is 400 KB an item, names included. */
export const MAX_INLINE_BYTES = 300 * 1024;

/** Days that entries of the ledger `Loads` live: no event comes back later than that. */
export const LOADS_DAYS = 35;
/** Days that the answer to an `Idempotency-Key` is kept. */
export const IDEMPOTENCY_DAYS = 1;
/** Days that a presigned upload is remembered, so that a repeated `complete` has its answer. */
export const PENDING_UPLOAD_DAYS = 7;
/** Days that live events are kept: a page that slept longer starts anew. */
export const EVENT_DAYS = 1;
/** Days that receipts and alerts are kept where nobody says otherwise; see `RECEIPT_DAYS` and `ALERT_DAYS`. */
export const RECORDS_DAYS = 400;

/** Epoch second `days` after `from` (epoch milliseconds). */
export const expiresAt = (from: number, days: number): number => Math.floor(from / 1000) + days * 86_400;

/** The receipt as the API shows it. */
export const toReceipt = (item: UploadItem): Receipt => {
  const self = `/v1/uploads/${item.UploadId}`;
  const rows = item.Rows ?? { read: 0, written: 0, unchanged: 0, stale: 0, rejected: 0, repeated: 0 };
  return {
    uploadId: item.UploadId,
    kind: item.Kind,
    store: item.Store ?? null,
    filename: item.Filename,
    bytes: item.Bytes,
    sha256: item.Sha256 ?? null,
    status: item.Status,
    receivedAt: item.ReceivedAt,
    startedAt: item.StartedAt ?? null,
    finishedAt: item.FinishedAt ?? null,
    mode: item.Mode,
    undoOf: item.UndoOf ?? null,
    bytesDone: item.BytesDone ?? (isFinal(item.Status) ? item.Bytes : 0),
    rows,
    retired: item.Retired ?? 0,
    rejected: [...(item.Rejected ?? [])],
    warnings: [...(item.Warnings ?? [])],
    duplicateOf: item.DuplicateOf ?? null,
    error: item.Error ?? null,
    invoice: item.Invoice ?? null,
    links: {
      self,
      file: `${self}/file`,
      ...(rows.rejected > 0 && { rejected: `${self}/rejected.csv` }),
      ...(hasChanges(item) && { changes: `${self}/changes` }),
      ...(item.UndoOf !== undefined && { undoOf: `/v1/uploads/${item.UndoOf}` }),
      ...(item.DuplicateOf !== undefined && { duplicateOf: `/v1/uploads/${item.DuplicateOf}` }),
      ...invoiceLink(item),
    },
  };
};

/** Whether there is a list of what the upload would change, has retired or has put back. */
export const hasChanges = ({ Mode, Status, Retired }: UploadItem): boolean =>
  Status === "validated" ||
  ((Status === "loaded" || Status === "partial") && (Mode === "undo" || (Retired ?? 0) > 0));

/** Only where there is a record under the two ids. */
const invoiceLink = ({ Invoice, Status }: UploadItem): { invoice?: string } => {
  const { customerId, invoiceId } = Invoice ?? {};
  if (!customerId || !invoiceId || Status === "rejected" || Status === "failed") return {};
  return { invoice: `/v1/invoices/${encodeURIComponent(customerId)}/${encodeURIComponent(invoiceId)}` };
};
