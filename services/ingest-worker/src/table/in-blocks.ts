import type { Boundary } from "../file/parse-records.ts";
import type { RowBatch } from "../file/read-rows.ts";
import type { RepeatedItems } from "../file/repeated-items.ts";
import type { StockRow } from "../file/validate-row.ts";

/** Rows that are worked on together, none for the same item. */
export interface RowBlock {
  readonly rows: readonly StockRow[];
  /** Rows passed over since the block before, because the same item comes again further down. */
  readonly repeated: readonly StockRow[];
  /** Rows refused since the block before. */
  readonly refused: number;
  /** Where the row behind the block begins. */
  readonly next?: Boundary;
}

/** Rows collected before they are compared; with newer files to look up, as many as one pass over them serves. */
const BLOCK_ROWS = 2_000;
const BLOCK_ROWS_WITH_NEWER_FILES = 200_000;

export const blockSize = (hasNewerFiles: boolean): number =>
  hasNewerFiles ? BLOCK_ROWS_WITH_NEWER_FILES : BLOCK_ROWS;

/** Gathers a file's rows into blocks, of several rows for one item only the last. The last block may be empty. */
export async function* inBlocks(
  batches: AsyncIterable<RowBatch>,
  repeats: RepeatedItems,
  hasNewerFiles: boolean,
): AsyncGenerator<RowBlock> {
  const size = blockSize(hasNewerFiles);
  let rows: StockRow[] = [];
  let repeated: StockRow[] = [];
  let refused = 0;
  for await (const batch of batches) {
    for (const row of batch.rows) {
      (repeats.isRepeatedLater(row.store, row.item, row.line) ? repeated : rows).push(row);
    }
    refused += batch.refused.length;
    if (rows.length < size) continue;
    yield { rows, repeated, refused, ...(batch.next !== undefined && { next: batch.next }) };
    rows = [];
    repeated = [];
    refused = 0;
  }
  yield { rows, repeated, refused };
}
