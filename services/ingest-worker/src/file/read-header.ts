import { parse } from "csv-parse/sync";
import { fileFault } from "./file-fault.ts";

/** How a file is written, found from its first line. */
export interface Dialect {
  readonly delimiter: "," | ";" | "\t";
  /** What ends a record. A lone CR does only where the header line ends with one. */
  readonly recordDelimiters: readonly string[];
}

/** Where the columns are. */
export interface Header {
  readonly cells: readonly string[];
  /** Undefined where the upload's store restriction stands in for the column. */
  readonly store: number | undefined;
  readonly item: number;
  readonly count: number;
}

/** A header longer than this is no header. */
export const MAX_HEADER_BYTES = 64 * 1024;

const DELIMITERS = [",", ";", "\t"] as const;
const NAMES = ["store", "item", "count"] as const;

const nameOf = (cell: string): string => cell.trim().normalize("NFC").toLowerCase();

/** Finds separator and line ending from the first line that is not blank (without its line ending). */
export const detectDialect = (firstLine: string, lineEnding: string): Dialect => {
  const score = (delimiter: (typeof DELIMITERS)[number]): number => {
    const cells = firstLine.split(delimiter).map((cell) => nameOf(cell.replaceAll('"', "")));
    return NAMES.filter((name) => cells.includes(name)).length * 1_000 + Math.min(cells.length, 999);
  };
  const delimiter = DELIMITERS.reduce((best, candidate) =>
    score(candidate) > score(best) ? candidate : best,
  );
  return { delimiter, recordDelimiters: lineEnding === "\r" ? ["\r\n", "\n", "\r"] : ["\r\n", "\n"] };
};

/**
 * Reads the header's cells. Throws the file faults `not_csv`, `missing_column` and `repeated_column`.
 * @param hasStoreRestriction a file may then leave out the column `store`
 */
export const readHeader = (cells: readonly string[], hasStoreRestriction: boolean): Header => {
  if (cells.some((cell) => /\p{Cc}/u.test(cell))) {
    throw fileFault(
      "not_csv",
      "the first line holds control characters, so this is not a CSV file; export the sheet as CSV and send that",
    );
  }
  const names = cells.map(nameOf);
  for (const name of NAMES) {
    if (names.indexOf(name) !== names.lastIndexOf(name)) {
      throw fileFault(
        "repeated_column",
        `the header names the column "${name}" more than once; keep one of them`,
      );
    }
  }
  const absent = NAMES.filter((name) => !names.includes(name) && !(name === "store" && hasStoreRestriction));
  if (absent.length > 0) {
    const found = cells
      .map((cell) => JSON.stringify(cell.slice(0, 40)))
      .slice(0, 12)
      .join(", ");
    throw fileFault(
      "missing_column",
      `the first line must name the columns store, item and count; missing: ${absent.join(", ")}; found: ${found}`,
    );
  }
  const store = names.indexOf("store");
  return {
    cells,
    store: store === -1 ? undefined : store,
    item: names.indexOf("item"),
    count: names.indexOf("count"),
  };
};

/** Splits one complete line into cells, for the header alone. Throws the file fault `not_csv`. */
export const splitHeader = (line: Buffer, dialect: Dialect): string[] => {
  try {
    const [cells] = parse(line, {
      delimiter: dialect.delimiter,
      record_delimiter: [...dialect.recordDelimiters],
      relax_quotes: true,
      trim: true,
    }) as string[][];
    return cells ?? [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw fileFault("not_csv", `the first line cannot be read as CSV: ${reason}`);
  }
};
