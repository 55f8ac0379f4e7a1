import type { S3Client } from "@aws-sdk/client-s3";
import type { Warning } from "@stockwire/contracts/receipt";
import type { RowBatch } from "../file/read-rows.ts";
import type { RepeatedItems } from "../file/repeated-items.ts";
import type { StockRow } from "../file/validate-row.ts";
import { forEachLimited } from "../for-each-limited.ts";
import type { LoadCounts, LoadEntry } from "../order/loads-table.ts";
import { dropStale } from "./drop-stale.ts";
import { type InventoryTable, KEYS_PER_READ } from "./inventory-table.ts";
import { inBatches, type RowWriter, writeRows } from "./write-rows.ts";

export interface LoadOutcome extends LoadCounts {
  readonly repeated: number;
  readonly warnings: readonly Warning[];
}

/** Rows collected before they are compared; with newer files to look up, as many as one pass over them serves. */
const BLOCK_ROWS = 2_000;
const BLOCK_ROWS_WITH_NEWER_FILES = 200_000;
const MAX_WARNINGS = 100;

/**
 * The second pass: every accepted row of the file into the table. The last of several rows for one item counts,
 * the earlier ones are `repeated`.
 * @param parallel reads of 100 rows (with the writes that follow from them) at the same time
 */
export const loadRows = async (
  batches: AsyncIterable<RowBatch>,
  options: {
    readonly table: InventoryTable;
    readonly s3: S3Client;
    readonly repeats: RepeatedItems;
    readonly newerFiles: readonly LoadEntry[];
    readonly writer: RowWriter;
    readonly parallel: number;
    readonly signal: AbortSignal;
  },
): Promise<LoadOutcome> => {
  const { newerFiles, repeats, signal } = options;
  const total = { written: 0, unchanged: 0, stale: 0, repeated: 0 };
  const warnings = new Map<string, Warning>();
  const blockRows = newerFiles.length > 0 ? BLOCK_ROWS_WITH_NEWER_FILES : BLOCK_ROWS;
  let block: StockRow[] = [];

  const flush = async (): Promise<void> => {
    const { fresh, warnings: found } = await dropStale(options.s3, block, newerFiles, signal);
    total.stale += block.length - fresh.length;
    for (const warning of found) warnings.set(warning.message, warning);
    await forEachLimited(inBatches(fresh, KEYS_PER_READ), options.parallel, async (rows) => {
      signal.throwIfAborted();
      const counts = await writeRows(options.table, rows, options.writer);
      total.written += counts.written;
      total.unchanged += counts.unchanged;
      total.stale += counts.stale;
    });
    block = [];
  };

  for await (const { rows } of batches) {
    for (const row of rows) {
      if (!repeats.isRepeatedLater(row.store, row.item, row.line)) {
        block.push(row);
        continue;
      }
      total.repeated += 1;
      if (warnings.size < MAX_WARNINGS) warnings.set(`repeated ${row.line}`, repeatedWarning(row));
    }
    if (block.length >= blockRows) await flush();
  }
  await flush();
  return { ...total, warnings: [...warnings.values()].slice(0, MAX_WARNINGS) };
};

const repeatedWarning = (row: StockRow): Warning => ({
  code: "repeated_item",
  message: `${row.store} / ${row.item} comes again further down; the last row counts`,
  line: row.line,
});
