/** Physical lines of a file, as an editor numbers them. */

const TAB = 9;
const LF = 10;
const FORM_FEED = 12;
const CR = 13;
const SPACE = 32;

/** Counts the line ends in bytes that follow the ones counted before: a CRLF between two chunks is one. */
export type LineCounter = (bytes: Buffer) => number;

/** @param loneCarriageReturnEnds a CR that no LF follows ends a line too, as in a file whose header ends with one */
export const createLineCounter = (loneCarriageReturnEnds: boolean): LineCounter => {
  let isAfterCarriageReturn = false;
  return (bytes) => {
    let lines = 0;
    if (!loneCarriageReturnEnds) {
      for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) lines += 1;
      return lines;
    }
    for (const byte of bytes) {
      if (byte === CR || (byte === LF && !isAfterCarriageReturn)) lines += 1;
      isAfterCarriageReturn = byte === CR;
    }
    return lines;
  };
};

/** Bytes of blank lines at the start, and of blanks before what follows. A tab is blank where it does not separate cells. */
export const leadingBlank = (bytes: Buffer, delimiter: string): number => {
  let end = 0;
  while (end < bytes.length && isBlank(bytes[end], delimiter)) end += 1;
  return end;
};

const isBlank = (byte: number | undefined, delimiter: string): boolean =>
  byte === SPACE || byte === LF || byte === CR || byte === FORM_FEED || (byte === TAB && delimiter !== "\t");
