import { inspectFile } from "../src/file/inspect-file.ts";
import { readRows } from "../src/file/read-rows.ts";
import type { RefusedRow, StockRow } from "../src/file/validate-row.ts";
import { chunked } from "./helpers.ts";

/** What a file's reading says of each of its rows. */
export interface Verdict {
  /** Why the whole file is refused; the rows are then empty, and what was refused is there only for `no_usable_rows`. */
  readonly error: string | undefined;
  /** `line store|item|count` */
  readonly rows: readonly string[];
  /** `line column code` */
  readonly refused: readonly string[];
}

const describeRow = ({ line, store, item, count }: StockRow): string => `${line} ${store}|${item}|${count}`;
const describeRefused = ({ rejected: { line, column, code } }: RefusedRow): string =>
  `${line} ${column ?? "-"} ${code}`;

/** The first pass's verdict on a file that comes in chunks of `size`. */
export const readVerdict = async (
  content: string | Buffer,
  options: { size?: number; store?: string | undefined } = {},
): Promise<Verdict> => {
  const bytes = Buffer.from(content);
  const refused: string[] = [];
  const inspection = await inspectFile(
    chunked(bytes, options.size),
    options.store,
    async (_, rows) => void refused.push(...rows.map(describeRefused)),
    async () => undefined,
  );
  if (!inspection.usable) {
    const { code } = inspection.error;
    return { error: code, rows: [], refused: code === "no_usable_rows" ? refused : [] };
  }
  const rows: string[] = [];
  for await (const batch of readRows(chunked(bytes, options.size), options.store)) {
    rows.push(...batch.rows.map(describeRow));
  }
  return { error: undefined, rows, refused };
};
