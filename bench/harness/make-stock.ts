/** A CSV of so many items of one store, none of them sold out. */
export const stockCsv = (
  store: string,
  rows: number,
  count: (row: number) => number = (row) => 1 + (row % 90),
  item = "Article",
): Buffer =>
  Buffer.from(
    `store,item,count\n${Array.from({ length: rows }, (_, row) => `${store},${item} ${row},${count(row)}\n`).join("")}`,
  );
