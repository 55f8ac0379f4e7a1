import { parseRecords } from "./parse-records.ts";
import type { Header } from "./read-header.ts";
import { takeHeader } from "./take-header.ts";
import { createRowValidator, isRefused, type RefusedRow, type StockRow } from "./validate-row.ts";

/** The rows of one chunk of the file, in file order. */
export interface RowBatch {
  readonly header: Header;
  readonly rows: readonly StockRow[];
  readonly refused: readonly RefusedRow[];
}

/**
 * The whole way from bytes to checked rows: header, records, validation. The same for every reader of a file, so
 * that two passes cannot disagree. Throws the file faults of `takeHeader`.
 */
export async function* readRows(
  chunks: AsyncIterable<Buffer>,
  storeRestriction: string | undefined,
): AsyncGenerator<RowBatch> {
  const source = chunks[Symbol.asyncIterator]();
  const { header, dialect, rest, firstDataLine } = await takeHeader(source, storeRestriction !== undefined);
  const validate = createRowValidator(header, storeRestriction);
  for await (const records of parseRecords(behind(rest, source), dialect, firstDataLine)) {
    const rows: StockRow[] = [];
    const refused: RefusedRow[] = [];
    for (const record of records) {
      const row = validate(record);
      if (isRefused(row)) refused.push(row);
      else rows.push(row);
    }
    yield { header, rows, refused };
  }
}

async function* behind(rest: Buffer, source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (rest.length > 0) yield rest;
  for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
}
