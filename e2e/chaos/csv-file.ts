import { createHash } from "node:crypto";
import type { Random } from "./random.ts";

/** What one inventory file says, known because it was made here and not read by the code under test. */
export interface CsvFile {
  readonly content: Buffer;
  readonly sha256: string;
  /** Data rows, good and bad. */
  readonly read: number;
  /** In the file's order. */
  readonly rejected: readonly { readonly line: number; readonly code: string }[];
  /** Good rows whose item comes again further down. */
  readonly repeated: number;
  /** The last good row of each item. */
  readonly rows: readonly AcceptedRow[];
  /** Present where the whole file is refused. */
  readonly refusedAs?: string;
}

interface AcceptedRow {
  readonly store: string;
  readonly item: string;
  readonly count: number;
  readonly line: number;
}

export interface WantedFile {
  readonly stores: readonly string[];
  readonly items: readonly string[];
  readonly rows: number;
  /** Probability of a bad row. */
  readonly bad: number;
  /** Each row carries so many further bytes, so that a file outgrows what a request may hold in memory. */
  readonly padding: number;
  /** The upload is restricted to it: rows of other stores are refused. */
  readonly onlyStore?: string;
}

const COUNTS = [0, 0, 0, 1, 1, 2, 3, 4, 5, 12, 700];

export const makeCsv = (random: Random, wanted: WantedFile): CsvFile => {
  const separator = random.pick([",", ",", ",", ";", "\t"]);
  const newline = random.pick(["\n", "\n", "\r\n", "\r"]);
  const columns = random.pick([
    ["store", "item", "count"],
    ["Item", "Count", "Store"],
    ["note", "COUNT", "store", "item"],
  ]);
  if (wanted.padding > 0) columns.push("padding");
  const lines = [columns.join(separator)];
  const rejected: { line: number; code: string }[] = [];
  const last = new Map<string, AcceptedRow>();
  let good = 0;
  for (let index = 0; index < wanted.rows; index++) {
    const line = index + 2;
    const cells = { store: random.pick(wanted.stores), item: random.pick(wanted.items), count: "" };
    const count = random.pick(COUNTS);
    cells.count = String(count);
    const fault = random.chance(wanted.bad) ? random.pick(FAULTS) : undefined;
    const foreign = wanted.onlyStore !== undefined && cells.store !== wanted.onlyStore;
    const usual = foreign ? { cells, code: "store_not_allowed" } : { cells };
    const { code, text } = render(random, columns, separator, fault?.(cells, separator) ?? usual);
    lines.push(wanted.padding > 0 ? text + "x".repeat(wanted.padding) : text);
    if (code !== undefined) {
      rejected.push({ line, code });
      continue;
    }
    good += 1;
    const row = { store: cells.store, item: cells.item.normalize("NFC"), count, line };
    last.set(`${row.store}\u001f${row.item}`, row);
  }
  const text =
    (random.chance(0.2) ? "\ufeff" : "") + lines.join(newline) + (random.chance(0.7) ? newline : "");
  return {
    ...digested(text),
    read: wanted.rows,
    rejected,
    repeated: good - last.size,
    rows: [...last.values()],
    ...(good === 0 && { refusedAs: "no_usable_rows" }),
  };
};

/** A file that is refused as a whole. */
export const makeUnusable = (random: Random): CsvFile => {
  const [refusedAs, text] = random.pick([
    ["missing_column", `item,count\nEcho,${random.between(0, 9)}\n`],
    ["empty_file", ""],
    ["no_rows", "store,item,count\n"],
    ["not_utf8", Buffer.from([0x73, 0x74, 0x6f, 0xff, 0xfe, 0x0a])],
  ] as const);
  return { ...digested(text), read: 0, rejected: [], repeated: 0, rows: [], refusedAs };
};

interface Rendered {
  readonly cells: { store: string; item: string; count: string };
  readonly code?: string;
  readonly more?: string;
}
type Fault = (cells: Rendered["cells"], separator: string) => Rendered;

const badCount =
  (count: string): Fault =>
  (cells) => ({ cells: { ...cells, count }, code: "bad_count" });
const FAULTS: readonly Fault[] = [
  badCount("-1"),
  badCount("5.0"),
  badCount("1e3"),
  badCount(""),
  badCount("\uff11"),
  (cells) => ({ cells: { ...cells, count: "1000000000" }, code: "count_out_of_range" }),
  (cells) => ({ cells: { ...cells, item: "  " }, code: "empty_item" }),
  (cells) => ({ cells: { ...cells, store: "" }, code: "empty_store" }),
  (cells) => ({ cells: { ...cells, item: "bell\u0007" }, code: "control_character" }),
  (cells) => ({ cells: { ...cells, item: "x".repeat(300) }, code: "value_too_long" }),
  (cells, separator) => ({ cells, code: "ragged_row", more: `${separator}more${separator}` }),
];

const render = (
  random: Random,
  columns: readonly string[],
  separator: string,
  { cells, code, more = "" }: Rendered,
): { code: string | undefined; text: string } => {
  const quote = (value: string): string => (random.chance(0.1) ? `"${value}"` : value);
  const values = columns.map((column) => quote(cells[column.toLowerCase() as keyof typeof cells] ?? ""));
  // Padding goes behind the last cell, which must not be quoted then.
  if (columns.at(-1) === "padding") values[values.length - 1] = "";
  return { code, text: values.join(separator) + more };
};

const digested = (text: string | Buffer): { content: Buffer; sha256: string } => {
  const content = Buffer.from(text as string);
  return { content, sha256: createHash("sha256").update(content).digest("hex") };
};
