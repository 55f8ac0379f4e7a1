import { type Boundary, parseRecords } from "./parse-records.ts";
import type { Header } from "./read-header.ts";
import { type HeaderAndRest, takeHeader } from "./take-header.ts";
import { createRowValidator, isRefused, type RefusedRow, type StockRow } from "./validate-row.ts";

/** The rows of one chunk of the file, in file order. */
export interface RowBatch {
  readonly header: Header;
  readonly rows: readonly StockRow[];
  readonly refused: readonly RefusedRow[];
  /** Where the next row begins, from the file's first byte; absent where no row begins behind these yet. */
  readonly next?: Boundary;
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
  try {
    const found = await takeHeader(source, storeRestriction !== undefined);
    const start = { offset: found.headerBytes, line: found.firstDataLine };
    yield* readFrom(found, start, behind(found.rest, source), storeRestriction);
  } finally {
    // Who leaves before the end leaves the file as well: what it holds is given back.
    await source.return?.();
  }
}

/**
 * The same from a place between two rows that an earlier reading had come to.
 * @param chunksFrom the file's bytes from an offset on
 */
export async function* readRowsFrom(
  chunksFrom: (offset: number) => AsyncIterable<Buffer>,
  storeRestriction: string | undefined,
  start: Boundary,
): AsyncGenerator<RowBatch> {
  const beginning = chunksFrom(0)[Symbol.asyncIterator]();
  const found = await takeHeader(beginning, storeRestriction !== undefined).finally(() =>
    beginning.return?.(),
  );
  yield* readFrom(found, start, chunksFrom(start.offset), storeRestriction);
}

async function* readFrom(
  { header, dialect }: HeaderAndRest,
  start: Boundary,
  chunks: AsyncIterable<Buffer>,
  storeRestriction: string | undefined,
): AsyncGenerator<RowBatch> {
  const validate = createRowValidator(header, storeRestriction);
  for await (const { records, next } of parseRecords(chunks, dialect, start.line)) {
    const rows: StockRow[] = [];
    const refused: RefusedRow[] = [];
    for (const record of records) {
      const row = validate(record);
      if (isRefused(row)) refused.push(row);
      else rows.push(row);
    }
    yield {
      header,
      rows,
      refused,
      ...(next !== undefined && { next: { offset: start.offset + next.offset, line: next.line } }),
    };
  }
}

async function* behind(rest: Buffer, source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (rest.length > 0) yield rest;
  for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
}
