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

const API_OBJECT_KEY =
  /^inventory\/([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.csv$/;

/** Key of the object that holds an inventory file sent through the API. */
export const inventoryObjectKey = (uploadId: string): string => `inventory/${uploadId}.csv`;

/** The upload id in a key that `inventoryObjectKey` made; undefined for every other key. */
export const uploadIdOfObjectKey = (key: string): string | undefined => API_OBJECT_KEY.exec(key)?.[1];

/** Key (bucket `results`) of the CSV with an upload's rejected rows. */
export const rejectedRowsKey = (uploadId: string): string => `rejected/${uploadId}.csv`;
