export interface LinePosition {
  /** Physical, 1-based. */
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** Physical lines, ended by LF, CRLF or a lone CR. Positions, so that a file of line breaks holds no strings. */
export function* linesOf(text: string): Generator<LinePosition> {
  // Each of the two is searched for again only once it has been passed: a file without one costs one search.
  let lineFeed = text.indexOf("\n");
  let carriageReturn = text.indexOf("\r");
  let start = 0;
  for (let number = 1; start <= text.length; number++) {
    if (lineFeed !== -1 && lineFeed < start) lineFeed = text.indexOf("\n", start);
    if (carriageReturn !== -1 && carriageReturn < start) carriageReturn = text.indexOf("\r", start);
    const end = Math.min(
      lineFeed === -1 ? text.length : lineFeed,
      carriageReturn === -1 ? text.length : carriageReturn,
    );
    yield { number, start, end };
    start = end + (end === carriageReturn && lineFeed === end + 1 ? 2 : 1);
  }
}
