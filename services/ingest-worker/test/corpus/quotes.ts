import { HEADER, type HostileFile } from "./hostile-file.ts";

const before = "Berlin,Dot,2";
const behind = "Berlin,Show,3";
const around = (line: string): string => `${HEADER}${before}\n${line}\n${behind}\n`;
const first = "2 Berlin|Dot|2";
const last = (line = 4): string => `${line} Berlin|Show|3`;

const single: readonly HostileFile[] = [
  {
    name: "every cell quoted",
    content: around('"Berlin","Echo","1"'),
    expected: { rows: [first, "3 Berlin|Echo|1", last()], refused: [] },
  },
  {
    name: "a quote inside a cell",
    content: around('Berlin,Monitor 24" wide,1'),
    expected: { rows: [first, '3 Berlin|Monitor 24" wide|1', last()], refused: [] },
  },
  {
    name: "a quote at a cell's end",
    content: around('Berlin,Monitor 24",1'),
    expected: { rows: [first, '3 Berlin|Monitor 24"|1', last()], refused: [] },
  },
  {
    name: "text behind a closing quote",
    content: around('Berlin,"Echo" Dot,1'),
    expected: { rows: [first, last()], refused: ["3 - misplaced_quote"] },
  },
  {
    name: "two quoted texts in one cell",
    content: around('Berlin,"Echo""Dot" "Plus",1'),
    expected: { rows: [first, last()], refused: ["3 - misplaced_quote"] },
  },
  {
    name: "blanks around quotes",
    content: around('Berlin, "Echo" ,1'),
    expected: { rows: [first, "3 Berlin|Echo|1", last()], refused: [] },
  },
  {
    name: "an empty quoted name",
    content: around('Berlin,"",1'),
    expected: { rows: [first, last()], refused: ["3 item empty_item"] },
  },
  {
    name: "a name that is one quote",
    content: around('Berlin,"""",1'),
    expected: { rows: [first, '3 Berlin|"|1', last()], refused: [] },
  },
  {
    name: "backslashes before quotes, as MySQL writes them",
    content: around('Berlin,"Echo \\"Dot\\"",1'),
    expected: { rows: [first, last()], refused: ["3 - misplaced_quote"] },
  },
  {
    name: "single quotes",
    content: around("'Berlin','Echo, Dot','1'"),
    expected: { rows: [first, last()], refused: ["3 - ragged_row"] },
  },
  {
    name: "typographic quotes",
    content: around("“Berlin”,„Echo“,1"),
    expected: { rows: [first, "3 “Berlin”|„Echo“|1", last()], refused: [] },
  },
  {
    name: "a line break in a quoted name",
    content: around('Berlin,"Echo\nDot",1'),
    expected: { rows: [first, last(5)], refused: ["3 item control_character"] },
  },
  {
    name: "a separator in a quoted name",
    content: around('Berlin,"Echo, Dot",1'),
    expected: { rows: [first, "3 Berlin|Echo, Dot|1", last()], refused: [] },
  },
  {
    name: "a whole row inside quotes",
    content: around('"Berlin,Echo,1"'),
    expected: { rows: [first, last()], refused: ["3 - ragged_row"] },
  },
];

/** One quote put before each character of a good row: what it opens, and where. */
const line = "Berlin,Echo,1";
const everyPlace: readonly HostileFile[] = Array.from({ length: line.length + 1 }, (_, at) => {
  const opens = at === 0 || line[at - 1] === ",";
  const broken = `${line.slice(0, at)}"${line.slice(at)}`;
  const [store = "", item = "", count = ""] = broken.split(",");
  const inCount = at > "Berlin,Echo,".length;
  return {
    name: `a quote before character ${at + 1} of a row`,
    content: around(broken),
    expected: opens
      ? { rows: [first], refused: ["3 - unclosed_quote"] }
      : inCount
        ? { rows: [first, last()], refused: ["3 count bad_count"] }
        : { rows: [first, `3 ${store}|${item}|${count}`, last()], refused: [] },
  };
});

const many: readonly HostileFile[] = [
  {
    name: "an unclosed quote in the last row",
    content: `${HEADER}${before}\nBerlin,"Echo,1`,
    expected: { rows: [first], refused: ["3 - unclosed_quote"] },
  },
  {
    name: "an unclosed quote before the end, nothing behind it",
    content: `${HEADER}${before}\nBerlin,Echo,"`,
    expected: { rows: [first], refused: ["3 - unclosed_quote"] },
  },
  {
    name: "an unclosed quote in the first row of many",
    content: `${HEADER}"${before}\n${`${behind}\n`.repeat(20_000)}`,
    expected: { error: "no_usable_rows", refused: ["2 - unclosed_quote"] },
  },
  {
    name: "two unclosed quotes close each other",
    content: `${HEADER}Berlin,"Echo,1\nBerlin,"Dot,2\n${behind}\n`,
    expected: { rows: ["4 Berlin|Show|3"], refused: ["2 - misplaced_quote"] },
  },
  {
    name: "a million quotes, an even number",
    content: around('"'.repeat(1_000_000)),
    expected: { rows: [first, last()], refused: ["3 - row_too_long"] },
  },
  {
    name: "a million quotes and one",
    content: around('"'.repeat(1_000_001)),
    expected: { rows: [first], refused: ["3 - unclosed_quote"] },
  },
  {
    name: "100,000 rows that are one quote each",
    content: `${HEADER}${before}\n${'"\n'.repeat(100_000)}`,
    expected: { rows: [first], refused: { ragged_row: 50_000 } },
  },
  {
    name: "100,000 rows that are two quotes each",
    content: `${HEADER}${before}\n${'""\n'.repeat(100_000)}`,
    expected: { rows: [first], refused: { ragged_row: 100_000 } },
  },
  {
    name: "a quoted name of a million line breaks",
    content: around(`Berlin,"${"\n".repeat(1_000_000)}",1`),
    expected: { rows: [first, last(1_000_004)], refused: ["3 - row_too_long"] },
  },
];

/** Quotes at every place, in every number. */
export const quoteFiles: readonly HostileFile[] = [...single, ...everyPlace, ...many];
