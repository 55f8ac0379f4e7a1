/** A CSV of so many items of one store, none of them sold out. */
export const stockCsv = (
  store: string,
  rows: number,
  count: (row: number) => number = (row) => 1 + (row % 90),
): Buffer =>
  Buffer.from(
    `store,item,count\n${Array.from({ length: rows }, (_, row) => `${store},Article ${row},${count(row)}\n`).join("")}`,
  );
