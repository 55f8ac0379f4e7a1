import { createHash } from "node:crypto";

/** How ids, keys and versions are put together. Composite keys join with U+001F, which no accepted name contains. */

export const KEY_SEPARATOR = "\u001f";

/** Partition key of the single item that remembers which UTC days have entries (tables Uploads and Alerts). */
export const DAYS_KEY = `${KEY_SEPARATOR}days`;

/** Joins key parts. Parts must not contain U+001F; accepted store and item names cannot. */
export const compositeKey = (...parts: readonly string[]): string => parts.join(KEY_SEPARATOR);

/**
 * An upload's place in the order of all uploads: compares as a string.
 * @param receivedAt ISO 8601, UTC, milliseconds, e.g. `2026-03-01T08:15:30.123Z`
 */
export const uploadVersion = (receivedAt: string, uploadId: string): string =>
  compositeKey(receivedAt, uploadId);

/** Takes an upload version apart again. Throws RangeError on anything that `uploadVersion` did not make. */
export const parseUploadVersion = (version: string): { receivedAt: string; uploadId: string } => {
  const [receivedAt, uploadId, ...rest] = version.split(KEY_SEPARATOR);
  if (!receivedAt || !uploadId || rest.length > 0) throw new RangeError(`not an upload version: ${version}`);
  return { receivedAt, uploadId };
};

/** The UTC day of an ISO 8601 timestamp: `2026-03-01`. */
export const dayOf = (timestamp: string): string => timestamp.slice(0, 10);

/** Key (bucket `results`) of the CSV with an upload's rejected rows. */
export const rejectedRowsKey = (uploadId: string): string => `rejected/${uploadId}.csv`;

/** Key (bucket `invoice-csv-dest`) of the copy of an invoice's file that outlives its source. */
export const originalKey = (uploadId: string): string => `originals/${uploadId}.txt`;

/** Key (bucket `invoice-csv-dest`) of a reading that is too large for its item. @param digest of its JSON */
export const readingKey = (uploadId: string, digest: string): string => `readings/${uploadId}-${digest}.json`;

/**
 * Keys (bucket `invoice-csv-dest`) of an accepted invoice's CSV: the same invoice always has the same ones, so a
 * retry overwrites.
 * @param date ISO
 */
export const invoiceCsvKey = (date: string, customerId: string, invoiceId: string): string =>
  `invoices/dt=${date}/${csvName(customerId, invoiceId)}.csv`;

/** The items' CSV; see `invoiceCsvKey`. */
export const invoiceLinesCsvKey = (date: string, customerId: string, invoiceId: string): string =>
  `invoice-lines/dt=${date}/${csvName(customerId, invoiceId)}.csv`;

/**
 * Bytes of a name between two slashes. S3 takes 1,024 for a whole key, but file systems, and stores on top of them,
 * about 240 for a name, in which each `%` of ours may be encoded once more.
 */
const MAX_NAME_BYTES = 220;

/** Both ids, or their digest where the name would be too long. */
const csvName = (customerId: string, invoiceId: string): string => {
  const name = `${encodeId(customerId)}_${encodeId(invoiceId)}`;
  const bytes = name.length + 2 * (name.split("%").length - 1);
  if (bytes <= MAX_NAME_BYTES) return name;
  return `sha256-${createHash("sha256").update(compositeKey(customerId, invoiceId)).digest("hex")}`;
};

/** Percent-encodes all but ASCII letters, digits, `.` and `-`: `_` too, since it stands between two ids. */
const encodeId = (id: string): string => {
  let encoded = "";
  for (const byte of Buffer.from(id, "utf8")) {
    const character = String.fromCharCode(byte);
    encoded += KEPT.has(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
};

const KEPT = new Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-");
