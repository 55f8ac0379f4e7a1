import { createHash } from "node:crypto";

/** How ids, keys and versions are put together. Composite keys join with U+001F, which no accepted name contains. */

export const KEY_SEPARATOR = "\u001f";

/** Partition key of the single item that remembers which UTC days have entries (tables Uploads and Alerts). */
export const DAYS_KEY = `${KEY_SEPARATOR}days`;

/** Partition key (table Uploads) of what passes over one kind of file know of each other; see `PassState`. */
export const reconcileKey = (kind: string): string => `${KEY_SEPARATOR}reconcile${KEY_SEPARATOR}${kind}`;

/** Joins key parts. Parts must not contain U+001F; accepted store and item names cannot. */
export const compositeKey = (...parts: readonly string[]): string => parts.join(KEY_SEPARATOR);

/**
 * An upload's place in the order of all uploads: compares as a string.
 * @param receivedAt ISO 8601, UTC, milliseconds, e.g. `2026-03-01T08:15:30.123Z`
 */
export const uploadVersion = (receivedAt: string, uploadId: string): string =>
  compositeKey(receivedAt, uploadId);

/**
 * The place of what undoes a load: right behind that load, before every other. So whatever came after the load has
 * come after its undoing too, and what the order protocol says of late and newer files holds for it unchanged.
 */
export const undoVersion = (version: string, undoId: string): string => compositeKey(version, undoId);

/**
 * Takes a version apart again. Throws RangeError on anything that `uploadVersion` or `undoVersion` did not make.
 * @returns for what undoes a load, the undoing's id, but the time of the load
 */
export const parseUploadVersion = (
  version: string,
): { receivedAt: string; uploadId: string; isUndo: boolean } => {
  const [receivedAt, first, ...rest] = version.split(KEY_SEPARATOR);
  const uploadId = rest.at(-1) ?? first;
  if (!receivedAt || !uploadId) throw new RangeError(`not an upload version: ${version}`);
  return { receivedAt, uploadId, isUndo: rest.length > 0 };
};

/** The UTC day of an ISO 8601 timestamp: `2026-03-01`. */
export const dayOf = (timestamp: string): string => timestamp.slice(0, 10);

/** Key (bucket `results`) of the CSV with an upload's rejected rows. */
export const rejectedRowsKey = (uploadId: string): string => `rejected/${uploadId}.csv`;

/** Key (bucket `results`) of what an upload would change, or has undone, a JSON document a line. */
export const changesKey = (uploadId: string): string => `changes/${uploadId}.ndjson`;

/** Key (bucket `results`) of what the first pass over a large file found, kept while the second is under way. */
export const inspectionKey = (uploadId: string): string => `inspections/${uploadId}.json`;

/** Key (bucket `inventory`) of the object that asks for an undoing; no other way leads to it than the API's. */
export const undoRequestKey = (undoId: string): string => `undo/${undoId}.json`;

/**
 * The upload id of what undoes an upload: always the same, so that asking twice is asking once. A UUID of version 8 (RFC
 * 9562: the bits are the maker's own), made of a digest.
 */
export const undoIdFor = (uploadId: string): string => {
  const digest = createHash("sha256").update(compositeKey("undo", uploadId)).digest("hex");
  const variant = ((Number.parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    variant + digest.slice(17, 20),
    digest.slice(20, 32),
  ].join("-");
};

/** The upload id in a key that `undoRequestKey` made; undefined for every other key. */
export const undoIdOf = (key: string): string | undefined => {
  const id = key.startsWith("undo/") && key.endsWith(".json") ? key.slice(5, -5) : undefined;
  return id !== undefined && UUID.test(id) ? id : undefined;
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

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
