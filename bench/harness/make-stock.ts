/** Of a row of a file, by its number from 0. */
export type CountOf = (row: number) => number;

const ITEM = "Article";

/** The item of a row of a file that `stockCsv` made, by its number from 0. */
export const itemOf = (row: number, item: string = ITEM): string => `${item} ${row}`;

/**
 * A CSV of so many items of one store; unless `count` says otherwise none is sold out.
 * @param blankLines at the end: they change the bytes, so the same rows are no duplicate
 */
export const stockCsv = (
  store: string,
  rows: number,
  count: CountOf = (row) => 1 + (row % 90),
  item: string = ITEM,
  blankLines = 0,
): Buffer => {
  const lines = Array.from({ length: rows }, (_, row) => `${store},${itemOf(row, item)},${count(row)}\n`);
  return Buffer.from(`store,item,count\n${lines.join("")}${"\n".repeat(blankLines)}`);
};
