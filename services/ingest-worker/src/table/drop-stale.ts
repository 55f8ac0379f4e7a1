import type { S3Client } from "@aws-sdk/client-s3";
import type { WarningCode } from "@stockwire/contracts/codes";
import type { Warning } from "@stockwire/contracts/receipt";
import { isObjectGone, type ObjectReference, readObject } from "@stockwire/service-kit/uploads/read-object";
import { readRows } from "../file/read-rows.ts";
import type { StockRow } from "../file/validate-row.ts";
import type { LoadEntry } from "../order/ledger-entry.ts";
import { keyOf } from "./write-rows.ts";

/** What newer finished loads have decided. */
export interface Newer {
  readonly newerFiles: readonly LoadEntry[];
  /** Stores of which a newer load has decided every row, by that load's upload id. */
  readonly replacedStores: ReadonlyMap<string, string>;
}

export interface Sorted {
  /** The rows that are still this load's to decide. */
  readonly fresh: readonly StockRow[];
  /** The others, with the newer upload that decides each. */
  readonly stale: readonly { readonly row: StockRow; readonly by: string }[];
  /** What could not be looked up. */
  readonly warnings: readonly Warning[];
}

/**
 * Takes out of a block of rows those that a newer finished load has decided: they stand in its file, or it replaced
 * the whole store. The newer files are streamed past the block, so memory depends on the block alone.
 * @param whereGone whose the rows are that a newer file may name which is there no more
 */
export const dropStale = async (
  s3: S3Client,
  block: readonly StockRow[],
  { newerFiles, replacedStores }: Newer,
  signal: AbortSignal,
  whereGone: "ours" | "theirs" = "ours",
): Promise<Sorted> => {
  if (newerFiles.length === 0) return { fresh: block, stale: [], warnings: [] };
  const warnings: Warning[] = [];
  const stale: { row: StockRow; by: string }[] = [];
  const fresh = new Map<string, StockRow>();
  for (const row of block) {
    const by = replacedStores.get(row.store);
    if (by === undefined) fresh.set(keyOf(row.store, row.item), row);
    else stale.push({ row, by });
  }
  for (const file of newerFiles) {
    if (fresh.size === 0) break;
    try {
      await eachNamedIn(s3, file.object, file.storeRestriction, fresh, signal, (key, row) => {
        fresh.delete(key);
        stale.push({ row, by: file.uploadId });
      });
    } catch (error) {
      if (!isObjectGone(error)) throw error;
      // Its bytes are gone, so only the rows that it wrote are protected, by their own versions.
      warnings.push({
        code: "newer_file_gone" satisfies WarningCode,
        message: `the file of the newer upload ${file.uploadId} is gone, so rows that it had found unchanged could not be told from rows that it does not name`,
      });
      if (whereGone === "ours") continue;
      for (const row of fresh.values()) stale.push({ row, by: file.uploadId });
      fresh.clear();
    }
  }
  return { fresh: [...fresh.values()], stale, warnings };
};

/** Streams a file past some rows, by `keyOf`, until none is left; `named` takes out those that stand in it. */
export const eachNamedIn = async (
  s3: S3Client,
  object: ObjectReference,
  storeRestriction: string | undefined,
  rows: ReadonlyMap<string, StockRow>,
  signal: AbortSignal,
  named: (key: string, row: StockRow) => void,
): Promise<void> => {
  for await (const batch of readRows(readObject(s3, object, signal), storeRestriction)) {
    for (const { store, item } of batch.rows) {
      const key = keyOf(store, item);
      const row = rows.get(key);
      if (row !== undefined) named(key, row);
    }
    if (rows.size === 0) return;
  }
};
