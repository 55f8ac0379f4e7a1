import Papa from "papaparse";
import { detectDialect, type Header, readHeader } from "../src/file/read-header.ts";
import { createRowValidator, isRefused } from "../src/file/validate-row.ts";

/** What a file comes to where another parser splits it: rows that would load, and how many would not. */
export interface OtherVerdict {
  /** No header that names the columns. */
  readonly hasHeader: boolean;
  /** `store|item|count` */
  readonly rows: readonly string[];
  readonly refused: number;
}

/**
 * Papa Parse splits the text, our own validation looks at the cells: what differs then is the splitting. Bytes that are
 * not UTF-8 become replacement characters, as browsers and most callers have it.
 */
export const readWithPapaParse = (content: string | Buffer, store: string | undefined): OtherVerdict => {
  const text = Buffer.from(content).toString("utf8");
  const first = text.split(/\r\n|\n|\r/).find((line) => line.trim() !== "") ?? "";
  const { data, errors } = Papa.parse<string[]>(text, {
    delimiter: detectDialect(first, "\n").delimiter,
    skipEmptyLines: "greedy",
  });
  const broken = new Set(errors.filter(({ type }) => type === "Quotes").map(({ row }) => row));
  const [cells = [], ...records] = data;
  let header: Header;
  try {
    header = readHeader(cells, store !== undefined);
  } catch {
    return { hasHeader: false, rows: [], refused: 0 };
  }
  const validate = createRowValidator(header, store);
  const rows: string[] = [];
  let refused = 0;
  for (const [index, record] of records.entries()) {
    const row = validate({ line: index + 2, cells: record });
    if (isRefused(row) || broken.has(index + 1)) refused += 1;
    else rows.push(`${row.store}|${row.item}|${row.count}`);
  }
  return { hasHeader: true, rows, refused };
};
