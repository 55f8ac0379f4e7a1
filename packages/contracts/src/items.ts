import type { InvoiceReading, InvoiceReport, InvoiceStatus } from "./invoice.ts";
import type { AlertKind, Level } from "./level.ts";
import type { LoadMode } from "./object-metadata.ts";
import type {
  Receipt,
  RejectedRow,
  RowCounts,
  UploadError,
  UploadKind,
  UploadStatus,
  Warning,
} from "./receipt.ts";

/** The items of the DynamoDB tables, attribute for attribute. */

export interface InventoryItem {
  readonly Store: string;
  readonly Item: string;
  readonly Count: number;
  readonly Level: Level;
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
  readonly StartedAt?: string;
  readonly FinishedAt?: string;
  readonly Rows?: RowCounts;
  readonly Rejected?: readonly RejectedRow[];
  readonly Warnings?: readonly Warning[];
  readonly DuplicateOf?: string;
  readonly Error?: UploadError;
  /** What was read in an invoice's file. */
  readonly Invoice?: InvoiceReport;
  /** Attempts that failed for reasons other than the file itself. */
  readonly FailedAttempts?: number;
  /** Epoch seconds. */
  readonly ExpiresAt: number;
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
  readonly Bucket: string;
  readonly Key: string;
  readonly ETag: string;
  readonly VersionId?: string;
  readonly StoreRestriction?: string;
  /** Set when the load finished: what happened to the rows, for a crash between here and the receipt. */
  readonly Written?: number;
  readonly Unchanged?: number;
  readonly Stale?: number;
  readonly DuplicateOf?: string;
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

export interface StoreItem {
  readonly Store: string;
  readonly Items: number;
  readonly OutOfStock: number;
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

export interface ThresholdItem {
  readonly Store: string;
  /** An item's name, or DEFAULT_ITEM. */
  readonly Item: string;
  readonly Threshold: number;
  /** ISO 8601. */
  readonly UpdatedAt: string;
}

/** DynamoDB's limit is 400 KB an item, names included. */
export const MAX_INLINE_BYTES = 300 * 1024;

/** Days that entries of the ledger `Loads` live: no event comes back later than that. */
export const LOADS_DAYS = 35;
/** Days that the answer to an `Idempotency-Key` is kept. */
export const IDEMPOTENCY_DAYS = 1;
/** Days that receipts and alerts are kept. */
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
    rows,
    rejected: [...(item.Rejected ?? [])],
    warnings: [...(item.Warnings ?? [])],
    duplicateOf: item.DuplicateOf ?? null,
    error: item.Error ?? null,
    invoice: item.Invoice ?? null,
    links: {
      self,
      file: `${self}/file`,
      ...(rows.rejected > 0 && { rejected: `${self}/rejected.csv` }),
      ...(item.DuplicateOf !== undefined && { duplicateOf: `/v1/uploads/${item.DuplicateOf}` }),
      ...invoiceLink(item),
    },
  };
};

/** Only where there is a record under the two ids. */
const invoiceLink = ({ Invoice, Status }: UploadItem): { invoice?: string } => {
  const { customerId, invoiceId } = Invoice ?? {};
  if (!customerId || !invoiceId || Status === "rejected" || Status === "failed") return {};
  return { invoice: `/v1/invoices/${encodeURIComponent(customerId)}/${encodeURIComponent(invoiceId)}` };
};
