import { createHash } from "node:crypto";

/** Files with the shapes that inventory files come in, with what reading them must give. */
export interface CsvSample {
  readonly name: string;
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly rows: number;
  /** Of the counts of all rows. */
  readonly sum: number;
  /** Of the lengths of the item names, in UTF-16 units. */
  readonly itemLength: number;
}

const SHAPES: Readonly<Record<string, { header: string; item: (row: number) => string; line: Line }>> = {
  narrow: {
    header: "store,item,count",
    item: (row) => `Item ${row}`,
    line: (item, count) => `Berlin,${item},${count}`,
  },
  wide: {
    header: `sku,store,supplier,item,price,count,${Array.from({ length: 14 }, (_, column) => `note ${column}`).join(",")}`,
    item: (row) => `Item ${row}`,
    line: (item, count) =>
      `X-${count}-77,Berlin,Space Mechanics Inc.,${item},19.95,${count}${",some words that nobody asked for".repeat(14)}`,
  },
  quoted: {
    header: '"store","item","count"',
    item: (row) => `Cable, 2" wide, no. ${row}`,
    line: (item, count) => `"Berlin","${item.replaceAll('"', '""')}","${count}"`,
  },
  multibyte: {
    header: "store,item,count",
    item: (row) => `東京タワー模型 Größe ${row} ☕️`,
    line: (item, count) => `東京,${item},${count}`,
  },
};

type Line = (item: string, count: number) => string;

/** @param bytes size of each, about */
export const makeSamples = (bytes: number): CsvSample[] =>
  Object.entries(SHAPES).map(([name, { header, item, line }]) => {
    const parts = [Buffer.from(`${header}\n`)];
    let size = 0;
    let rows = 0;
    let sum = 0;
    let itemLength = 0;
    while (size < bytes) {
      const lines: string[] = [];
      for (let each = 0; each < 1_000; each++, rows++) {
        const count = rows % 1_000;
        const named = item(rows);
        sum += count;
        itemLength += named.length;
        lines.push(line(named, count));
      }
      const part = Buffer.from(`${lines.join("\n")}\n`);
      size += part.length;
      parts.push(part);
    }
    const whole = Buffer.concat(parts);
    const sha256 = createHash("sha256").update(whole).digest("hex");
    return { name, bytes: whole, sha256, rows, sum, itemLength };
  });
