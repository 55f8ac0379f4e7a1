/** Steps over one record that the parser could not take, to find where the next one begins. */

const QUOTE = 34;
const LF = 10;
const CR = 13;
const SPACE = 32;

interface SkippedRecord {
  /** Bytes consumed of the last chunk given. */
  readonly consumed: number;
}

export interface RecordSkipper {
  /** Undefined while the record goes on. */
  readonly skip: (chunk: Buffer) => SkippedRecord | undefined;
  /** True while inside quotes: at the end of the file, the quote was never closed. */
  readonly insideQuotes: () => boolean;
}

/** Follows csv-parse's reading: a quote opens only at the start of a field, and two of them are one. */
export const createRecordSkipper = (delimiter: string, loneCarriageReturnEnds: boolean): RecordSkipper => {
  const delimiterByte = delimiter.charCodeAt(0);
  let insideQuotes = false;
  let fieldStart = true;
  /** The last byte was a quote inside quotes: an escape if another follows, else the end. */
  let maybeClosing = false;
  /** The last byte was a CR that ends the record: with an LF behind it, that one belongs to it. */
  let isAfterCarriageReturn = false;
  return {
    insideQuotes: () => insideQuotes && !maybeClosing,
    skip: (chunk) => {
      if (isAfterCarriageReturn && chunk.length > 0) return { consumed: chunk[0] === LF ? 1 : 0 };
      for (let position = 0; position < chunk.length; position++) {
        const byte = chunk[position] ?? 0;
        if (insideQuotes) {
          if (maybeClosing) {
            maybeClosing = false;
            if (byte === QUOTE) continue;
            insideQuotes = false;
          } else {
            if (byte === QUOTE) maybeClosing = true;
            continue;
          }
        }
        if (byte === LF) return { consumed: position + 1 };
        if (byte === CR && loneCarriageReturnEnds) {
          isAfterCarriageReturn = position + 1 === chunk.length;
          if (isAfterCarriageReturn) return undefined;
          return { consumed: position + (chunk[position + 1] === LF ? 2 : 1) };
        }
        if (byte === delimiterByte) fieldStart = true;
        else if (byte === QUOTE && fieldStart) {
          insideQuotes = true;
          fieldStart = false;
        } else if (byte !== SPACE) fieldStart = false;
      }
      return undefined;
    },
  };
};
