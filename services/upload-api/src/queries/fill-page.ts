/** One row of a list, with the position right behind it. */
interface Found<Row, Position> {
  readonly row: Row;
  readonly after: Position;
}

/** What one read brought: fewer rows than asked for, even none, where a filter dropped some. */
export interface Batch<Row, Position> {
  readonly found: readonly Found<Row, Position>[];
  /** Where the next read begins; absent at the end of the list. */
  readonly next?: Position | undefined;
}

export interface Page<Row, Position> {
  readonly rows: readonly Row[];
  /** Absent at the end of the list. */
  readonly next?: Position;
}

/** Reads that one request may cost. */
const MAX_READS = 25;

/**
 * Reads on until the page is full, so that a filter yields neither short nor empty pages, and one row beyond it, so
 * that the last page says it is the last. A list in which nearly nothing matches ends the page early instead, with a
 * position to go on from.
 */
export const fillPage = async <Row, Position>(options: {
  readonly limit: number;
  readonly start: Position | undefined;
  readonly read: (from: Position | undefined, wanted: number) => Promise<Batch<Row, Position>>;
}): Promise<Page<Row, Position>> => {
  const { limit, read } = options;
  const found: Found<Row, Position>[] = [];
  let position = options.start;
  for (let reads = 0; reads < MAX_READS; reads += 1) {
    const batch = await read(position, limit + 1 - found.length);
    found.push(...batch.found);
    position = batch.next;
    const lastOfPage = found[limit - 1];
    if (found.length > limit && lastOfPage) {
      return { rows: found.slice(0, limit).map(({ row }) => row), next: lastOfPage.after };
    }
    if (position === undefined) return { rows: found.map(({ row }) => row) };
  }
  const rows = found.map(({ row }) => row);
  return position === undefined ? { rows } : { rows, next: position };
};
