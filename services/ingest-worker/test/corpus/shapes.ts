import { HEADER, type HostileFile } from "./hostile-file.ts";

const good = "Berlin,Echo,1";
const row = (line: number, item = "Echo", count = 1): string => `${line} Berlin|${item}|${count}`;
const wide = (cells: number, cell: string): string => `,${cell}`.repeat(cells);

const headers: readonly HostileFile[] = [
  { name: "nothing", content: "", expected: { error: "empty_file" } },
  { name: "nothing but line ends", content: "\r\n\n\r \t\n", expected: { error: "empty_file" } },
  { name: "a header alone", content: "store,item,count", expected: { error: "no_rows" } },
  { name: "a header and blank lines", content: `${HEADER}\n  \r\n\n`, expected: { error: "no_rows" } },
  { name: "no header", content: `${good}\n${good}\n`, expected: { error: "missing_column" } },
  {
    name: "the header twice",
    content: `${HEADER}${HEADER}${good}\n`,
    expected: { rows: [row(3)], refused: ["2 count bad_count"] },
  },
  {
    name: "a column named twice",
    content: "store,item,count,COUNT\nBerlin,Echo,1,2\n",
    expected: { error: "repeated_column" },
  },
  {
    name: "a header in full-width letters",
    content: "ｓｔｏｒｅ,item,count\nBerlin,Echo,1\n",
    expected: { error: "missing_column" },
  },
  {
    name: "a header with a Cyrillic o",
    content: "stоre,item,count\nBerlin,Echo,1\n",
    expected: { error: "missing_column" },
  },
  {
    name: "a header with a Turkish capital I",
    content: "store,İtem,count\nBerlin,Echo,1\n",
    expected: { error: "missing_column" },
  },
  {
    name: "a header with no-break spaces",
    content: "\u00a0store\u00a0,item,count\nBerlin,Echo,1\n",
    expected: { rows: [row(2)], refused: [] },
  },
  {
    name: "a header whose quote is never closed",
    content: 'store,item,"count\nBerlin,Echo,1\n',
    expected: { error: "not_csv" },
  },
  {
    name: "a header with a line break in a quoted name",
    content: 'store,item,count,"no\nte"\nBerlin,Echo,1,x\n',
    expected: { error: "not_csv" },
  },
  {
    name: "a header behind Excel's hint",
    content: "sep=;\r\nstore;item;count\r\nBerlin;Echo;1\r\n",
    expected: { rows: [row(3)], refused: [] },
  },
  {
    name: "a hint at another separator than the header's",
    content: "sep=;\nstore,item,count\nBerlin,Echo,1\n",
    expected: { rows: [row(3)], refused: [] },
  },
  {
    name: "a pipe for a separator",
    content: "store|item|count\nBerlin|Echo|1\n",
    expected: { error: "missing_column" },
  },
  {
    name: "rows with another separator than the header",
    content: `${HEADER}Berlin;Echo;1\n${good}\n`,
    expected: { rows: [row(3)], refused: ["2 - ragged_row"] },
  },
  {
    name: "a first line of 100 KB",
    content: `${"x".repeat(100_000)}\n${good}\n`,
    expected: { error: "not_csv" },
  },
];

const widths: readonly HostileFile[] = [
  {
    name: "10,000 columns",
    content: `store,item,count${wide(9_997, "n")}\n${good}${wide(9_997, "")}\n${good}${wide(9_996, "")}\n`,
    expected: { rows: [row(2)], refused: ["3 - ragged_row"] },
  },
  {
    name: "10,000 columns of two letters, a row over 64 KiB",
    content: `store,item,count${wide(9_997, "n")}\n${good}${wide(9_997, "1234567")}\n${good}${wide(9_997, "")}\n`,
    expected: { rows: [row(3)], refused: ["2 - row_too_long"] },
  },
  {
    name: "a header over 64 KiB of 40,000 columns",
    content: `store,item,count${wide(40_000, "n")}\n${good}\n`,
    expected: { error: "not_csv" },
  },
  {
    name: "10,000 cells under three columns",
    content: `${HEADER}${good}${wide(9_997, "")}\n${good}\n`,
    expected: { rows: [row(3)], refused: ["2 - ragged_row"] },
  },
  {
    name: "a row of one cell",
    content: `${HEADER}Berlin\n${good}\n`,
    expected: { rows: [row(3)], refused: ["2 - ragged_row"] },
  },
  {
    name: "a row of separators",
    content: `${HEADER},,\n${good}\n`,
    expected: { rows: [row(3)], refused: ["2 store empty_store"] },
  },
  {
    name: "a separator too many at every row's end",
    content: `${HEADER}Berlin,Echo,1,\nBerlin,Dot,2,\n`,
    expected: { error: "no_usable_rows", refused: ["2 - ragged_row", "3 - ragged_row"] },
  },
  {
    name: "a row of exactly 64 KiB",
    content: `${HEADER}${"x".repeat(65_536 - 8)},Echo,1\n${good}\n`,
    expected: { rows: [row(3)], refused: ["2 store value_too_long"] },
  },
  {
    name: "a row of 64 KiB and a byte",
    content: `${HEADER}${"x".repeat(65_536 - 7)},Echo,1\n${good}\n`,
    expected: { rows: [row(3)], refused: ["2 - row_too_long"] },
  },
  {
    name: "names of the longest length",
    content: `${HEADER}${"s".repeat(128)},${"😀".repeat(256)},1\n${"s".repeat(129)},Echo,1\nBerlin,${"😀".repeat(257)},1\n`,
    expected: {
      rows: [`2 ${"s".repeat(128)}|${"😀".repeat(256)}|1`],
      refused: ["3 store value_too_long", "4 item value_too_long"],
    },
  },
  {
    name: "a thousand marks on one letter",
    content: `${HEADER}Berlin,Z${"\u0338".repeat(1_000)},1\n${good}\n`,
    expected: { rows: [row(3)], refused: ["2 item value_too_long"] },
  },
];

const lineEnds: readonly HostileFile[] = [
  {
    name: "CR alone throughout",
    content: "store,item,count\rBerlin,Echo,1\rBerlin,Dot,2\r",
    expected: { rows: [row(2), row(3, "Dot", 2)], refused: [] },
  },
  {
    name: "CR alone behind a header that ends with LF",
    content: `${HEADER}Berlin,Echo,1\rBerlin,Dot,2\n${good}\n`,
    expected: { rows: [row(3)], refused: ["2 - ragged_row"] },
  },
  {
    name: "LF behind a header that ends with CRLF",
    content: "store,item,count\r\nBerlin,Echo,1\nBerlin,Dot,2\r\n",
    expected: { rows: [row(2), row(3, "Dot", 2)], refused: [] },
  },
  {
    name: "every line end there is, behind a header that ends with CR",
    content: "store,item,count\rBerlin,Echo,1\r\nBerlin,Dot,2\nBerlin,Show,3\r",
    expected: { rows: [row(2), row(3, "Dot", 2), row(4, "Show", 3)], refused: [] },
  },
  {
    name: "CR CR LF, as a file sent twice as text has it",
    content: "store,item,count\r\r\nBerlin,Echo,1\r\r\nBerlin,Dot,2\r\r\n",
    expected: { rows: [row(3), row(5, "Dot", 2)], refused: [] },
  },
  {
    name: "LF CR",
    content: "store,item,count\n\rBerlin,Echo,1\n\rBerlin,Dot,2\n\r",
    expected: { rows: [row(2), row(3, "Dot", 2)], refused: [] },
  },
  {
    name: "Unicode line separators",
    content: `${HEADER}Berlin,Echo,1\u2028Berlin,Dot,2\n${good}\u0085\n${good}\n`,
    expected: { rows: [row(4)], refused: ["2 - ragged_row", "3 count bad_count"] },
  },
  {
    name: "form feeds between pages",
    content: `${HEADER}Berlin,Echo,1\n\fBerlin,Dot,2\n`,
    expected: { rows: [row(2), row(3, "Dot", 2)], refused: [] },
  },
  { name: "no line end at the end", content: `${HEADER}${good}`, expected: { rows: [row(2)], refused: [] } },
  { name: "a lone CR at the end", content: `${HEADER}${good}\r`, expected: { rows: [row(2)], refused: [] } },
  {
    name: "a million blank lines",
    content: `${HEADER}${"\n".repeat(1_000_000)}${good}\n`,
    expected: { rows: [row(1_000_002)], refused: [] },
  },
  {
    name: "a row of a million spaces",
    content: `${HEADER}${" ".repeat(1_000_000)}\n${good}\n`,
    expected: { rows: [row(3)], refused: [] },
  },
];

/** Headers, widths, lengths and line ends. */
export const shapeFiles: readonly HostileFile[] = [...headers, ...widths, ...lineEnds];
