import type { S3Client } from "@aws-sdk/client-s3";
import type { Warning } from "@stockwire/contracts/receipt";
import { isObjectGone, readObject } from "@stockwire/service-kit/uploads/read-object";
import { readRows } from "../file/read-rows.ts";
import type { StockRow } from "../file/validate-row.ts";
import type { LoadEntry } from "../order/loads-table.ts";

/**
 * Takes out of a block of rows those that stand in a newer finished load's file. The newer files are streamed
 * past the block, so memory depends on the block alone.
 * @returns the rows that are still this load's to decide, and what could not be looked up
 */
export const dropStale = async (
  s3: S3Client,
  block: readonly StockRow[],
  newerFiles: readonly LoadEntry[],
  signal: AbortSignal,
): Promise<{ readonly fresh: readonly StockRow[]; readonly warnings: readonly Warning[] }> => {
  if (newerFiles.length === 0) return { fresh: block, warnings: [] };
  const warnings: Warning[] = [];
  const fresh = new Map(block.map((row) => [`${row.store}\u001f${row.item}`, row]));
  for (const file of newerFiles) {
    if (fresh.size === 0) break;
    try {
      for await (const batch of readRows(readObject(s3, file.object, signal), file.storeRestriction)) {
        for (const row of batch.rows) fresh.delete(`${row.store}\u001f${row.item}`);
        if (fresh.size === 0) break;
      }
    } catch (error) {
      if (!isObjectGone(error)) throw error;
      // Its bytes are gone, so only the rows that it wrote are protected, by their own versions.
      warnings.push({
        code: "newer_file_gone",
        message: `the file of the newer upload ${file.uploadId} is gone, so rows that it had found unchanged could not be told from rows that it does not name`,
      });
    }
  }
  return { fresh: [...fresh.values()], warnings };
};
