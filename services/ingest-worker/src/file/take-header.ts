import { fileFault } from "./file-fault.ts";
import {
  type Dialect,
  detectDialect,
  type Header,
  MAX_HEADER_BYTES,
  readHeader,
  splitHeader,
} from "./read-header.ts";

export interface HeaderAndRest {
  readonly header: Header;
  readonly dialect: Dialect;
  /** Bytes of the file up to where the data begin. */
  readonly headerBytes: number;
  /** Bytes already read past the header. */
  readonly rest: Buffer;
  /** Physical line on which the data begin, 1-based. */
  readonly firstDataLine: number;
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
/** What some Excel exports put before the header; the header itself shows the separator. */
const EXCEL_HINT = /^"?sep=.?"?$/i;
const LF = 10;
const CR = 13;

/**
 * Reads as far as the end of the header line. Throws the file faults `empty_file`, `not_csv`,
 * `missing_column` and `repeated_column`.
 */
export const takeHeader = async (
  chunks: AsyncIterator<Buffer>,
  hasStoreRestriction: boolean,
): Promise<HeaderAndRest> => {
  let bytes: Buffer = Buffer.alloc(0);
  let ended = false;
  for (;;) {
    const line = firstLine(bytes, ended);
    if (line !== undefined && line.end <= MAX_HEADER_BYTES) {
      const dialect = detectDialect(bytes.toString("utf8", line.start, line.end), line.ending);
      const header = readHeader(
        splitHeader(bytes.subarray(line.start, line.end), dialect),
        hasStoreRestriction,
      );
      const headerBytes = line.end + line.ending.length;
      const rest = bytes.subarray(headerBytes);
      return { header, dialect, headerBytes, rest, firstDataLine: line.number + 1 };
    }
    if (ended && line === undefined)
      throw fileFault(
        "empty_file",
        "the file is empty; its first line must name the columns store, item and count",
      );
    // One byte more than the header may have: a CR there waits for its LF, however the chunks are cut.
    if (line !== undefined || bytes.length > MAX_HEADER_BYTES + 1) {
      throw fileFault(
        "not_csv",
        "the first line is longer than 64 KiB, so this is not a CSV file with a header",
      );
    }
    const next = await chunks.next();
    ended = next.done === true;
    if (!ended) bytes = Buffer.concat([bytes, next.value]);
  }
};

/** The first line that is not blank (nor `sep=;`); undefined while its end is not there yet. */
const firstLine = (bytes: Buffer, ended: boolean) => {
  let start = bytes.subarray(0, 3).equals(BOM) ? 3 : 0;
  let number = 1;
  for (let end = start; end <= bytes.length; end++) {
    const byte = bytes[end];
    if (byte !== LF && byte !== CR && !(byte === undefined && ended)) continue;
    // A CR at the end of what is there may be half of a CRLF.
    if (byte === CR && bytes[end + 1] === undefined && !ended) return undefined;
    const ending =
      byte === CR && bytes[end + 1] === LF ? "\r\n" : byte === undefined ? "" : String.fromCharCode(byte);
    const text = bytes.toString("utf8", start, end).trim();
    if (text !== "" && !EXCEL_HINT.test(text)) return { start, end, ending, number };
    start = end + ending.length;
    number += 1;
    end = start - 1;
    if (byte === undefined) return undefined;
  }
  return undefined;
};
