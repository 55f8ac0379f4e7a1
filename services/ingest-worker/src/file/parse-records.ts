import { type CsvError, type Info, type Parser, parse } from "csv-parse";
import { createLineCounter, type LineCounter, leadingBlank } from "./physical-lines.ts";
import type { Dialect } from "./read-header.ts";
import { createRecordSkipper } from "./skip-record.ts";
import { splitQuotedRecord } from "./split-quoted-record.ts";

/** One record of the file, or one that cannot be read as a record. */
export type ParsedRecord =
  | { readonly line: number; readonly cells: string[] }
  | { readonly line: number; readonly fault: RecordFault; readonly text: string };

/** Records that end together. */
export interface ParsedRecords {
  readonly records: readonly ParsedRecord[];
  /** Where the next record begins; absent in the middle of one that is being stepped over. */
  readonly next?: Boundary;
}

/** A place between two records. */
export interface Boundary {
  /** Bytes from the first one that was parsed. */
  readonly offset: number;
  /** Physical line, 1-based. */
  readonly line: number;
}

/** Why a record cannot be read. */
export type RecordFault = "row_too_long" | "unclosed_quote" | "misplaced_quote";

/** Longest record in bytes, line ending included, blanks before it not. */
const MAX_RECORD_BYTES = 64 * 1024;

const CR = 13;
const QUOTE = 34;

/**
 * Splits the data behind the header into records, with the physical line on which each begins. csv-parse does
 * the splitting; what it would stop at (a record over 64 KiB, a quote that is never closed) is stepped over here,
 * reported, and a fresh parser goes on behind it, so memory stays bounded.
 * @param firstLine physical line of the first byte, 1-based
 * @returns the records of one chunk at a time
 */
export async function* parseRecords(
  chunks: AsyncIterable<Buffer>,
  dialect: Dialect,
  firstLine: number,
): AsyncGenerator<ParsedRecords> {
  const loneCarriageReturnEnds = dialect.recordDelimiters.includes("\r");
  let segment = startSegment(dialect, firstLine);
  let skipping:
    | {
        line: number;
        text: Buffer;
        skipper: ReturnType<typeof createRecordSkipper>;
        countLines: LineCounter;
        fault: RecordFault;
      }
    | undefined;

  /** Feeds bytes to the parser; where it gives up, steps over the record and feeds the rest to a fresh one. */
  const feed = async (chunk: Buffer | undefined, records: ParsedRecord[]): Promise<void> => {
    let bytes = chunk;
    for (;;) {
      if (skipping !== undefined) {
        const skipped = bytes === undefined ? undefined : skipping.skipper.skip(bytes);
        if (bytes !== undefined && skipping.text.length < MAX_RECORD_BYTES) {
          skipping.text = Buffer.concat([
            skipping.text,
            bytes.subarray(0, skipped?.consumed ?? bytes.length),
          ]);
        }
        const passed = bytes?.subarray(0, skipped?.consumed ?? bytes.length) ?? Buffer.alloc(0);
        segment.line += skipping.countLines(passed);
        if (skipped === undefined && bytes !== undefined) return;
        const fault =
          bytes === undefined && skipping.skipper.insideQuotes() ? "unclosed_quote" : skipping.fault;
        records.push({ line: skipping.line, fault, text: cutText(skipping.text) });
        const line = segment.line;
        skipping = undefined;
        if (bytes === undefined) return;
        segment = startSegment(dialect, line);
        bytes = bytes.subarray(skipped?.consumed ?? bytes.length);
        continue;
      }
      const error = await segment.write(bytes, records);
      segment.dropBlank();
      const tooLong = bytes !== undefined && segment.unread().length > MAX_RECORD_BYTES;
      if (error === undefined && !tooLong) return;
      const from = segment.unread();
      skipping = {
        line: segment.line,
        text: Buffer.alloc(0),
        skipper: createRecordSkipper(dialect.delimiter, loneCarriageReturnEnds),
        countLines: createLineCounter(loneCarriageReturnEnds),
        fault: error === undefined ? "row_too_long" : faultOf(error),
      };
      const ended = bytes === undefined;
      bytes = from;
      if (!ended) continue;
      // The file's end: what is left is stepped over first, then the end itself is told.
      await feed(bytes, records);
      bytes = undefined;
    }
  };

  let fed = 0;
  for await (const chunk of chunks) {
    const records: ParsedRecord[] = [];
    await feed(chunk, records);
    fed += chunk.length;
    if (records.length === 0) continue;
    const next = { offset: fed - segment.unread().length, line: segment.line };
    yield skipping === undefined ? { records, next } : { records };
  }
  const last: ParsedRecord[] = [];
  await feed(undefined, last);
  if (last.length > 0) yield { records: last };
}

/** One run of one csv-parse parser, from a record's start. */
const startSegment = (dialect: Dialect, firstLine: number) => {
  /** Bytes not given back yet; those before `from` are of whole records. A slice a record would be a fifth of its cost. */
  let held: Buffer = Buffer.alloc(0);
  let from = 0;
  /** Offset of `held[from]` in what this parser was fed. */
  let heldAt = 0;
  let parserLines = 0;
  let sink: ParsedRecord[] = [];
  const loneCarriageReturnEnds = dialect.recordDelimiters.includes("\r");
  const state = { line: firstLine };
  const blankAt = (bytes: Buffer): number => leadingBlank(bytes, dialect.delimiter);
  const countLines = (bytes: Buffer): number => createLineCounter(loneCarriageReturnEnds)(bytes);

  const onRecord = (cells: string[], info: Info): null => {
    const size = info.bytes - heldAt;
    const isSimple = info.lines - parserLines === 1;
    parserLines = info.lines;
    // csv-parse would make an error, stack and all, of every row that has not as many cells as its first: ten times
    // the cost of a row. Each row is its first one.
    (parser.info as { records: number }).records = 0;
    if (isSimple && size <= MAX_RECORD_BYTES && !cells.some(beginsWithQuote)) {
      sink.push({ line: state.line, cells });
      state.line += 1;
    } else pushOddRecord(cells, held.subarray(from, from + size), isSimple);
    from += size;
    heldAt = info.bytes;
    return null;
  };
  const pushOddRecord = (cells: string[], bytes: Buffer, isSimple: boolean): void => {
    const blank = blankAt(bytes);
    const raw = bytes.subarray(blank);
    // Blank lines before it or line breaks inside it: csv-parse counts CRLF in quotes as two, so count here.
    if (!isSimple) state.line += countLines(bytes.subarray(0, blank));
    if (raw.length > MAX_RECORD_BYTES) {
      sink.push({ line: state.line, fault: "row_too_long", text: cutText(raw) });
    } else if (cells.some(beginsWithQuote)) {
      // Relaxed quotes leave it open whether these were meant as quotes: look at the bytes.
      const text = raw.toString("utf8").trim();
      const quoted = splitQuotedRecord(text, dialect.delimiter);
      const { line } = state;
      sink.push(quoted ? { line, cells: quoted } : { line, fault: "misplaced_quote", text });
    } else sink.push({ line: state.line, cells });
    state.line += isSimple ? 1 : countLines(raw);
  };

  const parser: Parser = parse({
    delimiter: dialect.delimiter,
    record_delimiter: [...dialect.recordDelimiters],
    max_record_size: MAX_RECORD_BYTES,
    on_record: onRecord as unknown as (record: string[], context: Info) => null,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    // Not `trim`: behind a closing quote it would end the parser at a row that only looks odd.
    ltrim: true,
  });
  // Each failure is handed to the callback of the write that met it.
  parser.on("error", () => undefined);

  return Object.assign(state, {
    unread: () => held.subarray(from),
    /** Lets go of blanks at the start of what is unread: they are nobody's record and may go on for ever. */
    dropBlank: () => {
      held = held.subarray(from);
      from = 0;
      let blank = blankAt(held);
      // The CR that the file ends with so far may be half of a CRLF.
      if (loneCarriageReturnEnds && blank === held.length && held.at(-1) === CR) blank -= 1;
      if (blank === 0) return;
      state.line += countLines(held.subarray(0, blank));
      held = held.subarray(blank);
      heldAt += blank;
    },
    /** Resolves with the error that ended this parser, if one did. Undefined bytes mean the file's end. */
    write: (bytes: Buffer | undefined, records: ParsedRecord[]) => {
      sink = records;
      return new Promise<CsvError | undefined>((resolve) => {
        const done = (error?: Error | null) => resolve((error as CsvError | null | undefined) ?? undefined);
        if (bytes === undefined) {
          parser.end(done);
          return;
        }
        held = from === held.length ? bytes : Buffer.concat([held.subarray(from), bytes]);
        from = 0;
        parser.write(bytes, done);
      });
    },
  });
};

const beginsWithQuote = (cell: string): boolean => cell.charCodeAt(0) === QUOTE;

const faultOf = (error: CsvError): RecordFault => {
  if (error.code === "CSV_MAX_RECORD_SIZE") return "row_too_long";
  if (error.code === "CSV_QUOTE_NOT_CLOSED") return "unclosed_quote";
  throw error;
};

const cutText = (bytes: Buffer): string => bytes.toString("utf8", 0, MAX_RECORD_BYTES).trimEnd();
