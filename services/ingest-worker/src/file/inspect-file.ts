import { createHash } from "node:crypto";
import type { FileCode } from "@stockwire/contracts/codes";
import { MAX_LISTED_REJECTED, type RejectedRow, type UploadError } from "@stockwire/contracts/receipt";
import { codeOf, kindOf } from "@stockwire/service-kit/errors";
import { isObjectGone } from "@stockwire/service-kit/uploads/read-object";
import { createUtf8Check } from "./check-utf8.ts";
import { fileFault } from "./file-fault.ts";
import type { Header } from "./read-header.ts";
import { readRows } from "./read-rows.ts";
import { createRepeatedItems, type RepeatedItems } from "./repeated-items.ts";
import type { RefusedRow } from "./validate-row.ts";

/** What the first pass over a file found. Nothing has changed anywhere yet. */
export type Inspection =
  | {
      readonly usable: false;
      /** Absent where the object could not be read. */
      readonly sha256?: string;
      readonly bytes?: number;
      readonly error: UploadError;
      readonly rejected: readonly RejectedRow[];
      readonly rejectedCount: number;
    }
  | {
      readonly usable: true;
      readonly sha256: string;
      readonly bytes: number;
      readonly stores: ReadonlySet<string>;
      readonly acceptedCount: number;
      readonly rejectedCount: number;
      /** The first 100. */
      readonly rejected: readonly RejectedRow[];
      readonly repeats: RepeatedItems;
      /** False where a row was refused: it may be about an item of these stores, so nobody can say what the file omits. */
      readonly namesEveryItem: boolean;
    };

/** Where refused rows go as they are found, whole. */
export type RefusedRowSink = (header: Header, refused: readonly RefusedRow[]) => Promise<void>;

/** A file that names more stores than this is rejected whole: each costs an entry in the ledger. */
const MAX_STORES = 10_000;

/**
 * Reads the file once, to its end: digest, encoding, header, every row's verdict, the stores named. Faults of the
 * file are in the answer; faults of the world are thrown.
 */
export const inspectFile = async (
  chunks: AsyncIterable<Buffer>,
  storeRestriction: string | undefined,
  onRefused: RefusedRowSink,
  onProgress: (bytes: number) => Promise<void>,
): Promise<Inspection> => {
  const source = chunks[Symbol.asyncIterator]();
  try {
    return await inspectSource(source, storeRestriction, onRefused, onProgress);
  } finally {
    // Left in the middle where something failed: what the source holds is given back.
    await source.return?.();
  }
};

const inspectSource = async (
  source: AsyncIterator<Buffer>,
  storeRestriction: string | undefined,
  onRefused: RefusedRowSink,
  onProgress: (bytes: number) => Promise<void>,
): Promise<Inspection> => {
  const digest = createHash("sha256");
  const checkUtf8 = createUtf8Check();
  let bytes = 0;
  const next = async (): Promise<Buffer | undefined> => {
    const { done, value } = await source.next();
    if (done === true) return undefined;
    digest.update(value);
    bytes += value.length;
    return value;
  };
  async function* checked(): AsyncGenerator<Buffer> {
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
      checkUtf8(chunk);
      yield chunk;
    }
    checkUtf8();
  }

  const stores = new Set<string>();
  const repeats = createRepeatedItems();
  const rejected: RejectedRow[] = [];
  let acceptedCount = 0;
  let rejectedCount = 0;
  const noteRows = async (): Promise<void> => {
    for await (const batch of readRows(checked(), storeRestriction)) {
      for (const row of batch.rows) {
        stores.add(row.store);
        repeats.note(row.store, row.item, row.line);
      }
      acceptedCount += batch.rows.length;
      rejectedCount += batch.refused.length;
      for (const row of batch.refused.slice(0, MAX_LISTED_REJECTED - rejected.length))
        rejected.push(row.rejected);
      if (batch.refused.length > 0) await onRefused(batch.header, batch.refused);
      await onProgress(bytes);
      if (stores.size > MAX_STORES) {
        throw fileFault("too_many_stores", `the file names more than ${MAX_STORES} stores; split it`);
      }
    }
  };
  try {
    // The second pass may take hours, and the rest of a file that is refused some minutes: the filter is not held so long.
    await noteRows().finally(repeats.close);
    if (acceptedCount + rejectedCount === 0) {
      throw fileFault("no_rows", "the file has a header but no rows; nothing was changed");
    }
  } catch (error) {
    if (kindOf(error) !== "permanent" || isObjectGone(error)) throw error;
    // The receipt names the digest of the whole file even when its first line decided.
    while ((await next()) !== undefined);
    const message = error instanceof Error ? error.message : String(error);
    return {
      usable: false,
      sha256: digest.digest("hex"),
      bytes,
      error: { code: codeOf(error), message },
      rejected: [],
      rejectedCount: 0,
    };
  }
  const sha256 = digest.digest("hex");
  if (acceptedCount > 0)
    return {
      usable: true,
      sha256,
      bytes,
      stores,
      acceptedCount,
      rejectedCount,
      rejected,
      repeats: repeats.found(),
      namesEveryItem: rejectedCount === 0,
    };
  return {
    usable: false,
    sha256,
    bytes,
    error: {
      code: "no_usable_rows" satisfies FileCode,
      message: "every row was rejected; see the reasons and send the file again",
    },
    rejected,
    rejectedCount,
  };
};
