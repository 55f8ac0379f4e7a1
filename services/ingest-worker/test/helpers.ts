import { readRows } from "../src/file/read-rows.ts";

/** Cuts bytes into chunks of the given size, as a stream would deliver them. */
export async function* chunked(content: string | Buffer, size = 64 * 1024): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(content);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** Everything a file's reading says, rows as `line store item count`, refusals as `line column code`. */
export const readAll = async (content: string | Buffer, options: { size?: number; store?: string } = {}) => {
  const rows: string[] = [];
  const refused: string[] = [];
  for await (const batch of readRows(chunked(content, options.size), options.store)) {
    for (const { line, store, item, count } of batch.rows) rows.push(`${line} ${store}|${item}|${count}`);
    for (const { rejected } of batch.refused) {
      refused.push(`${rejected.line} ${rejected.column ?? "-"} ${rejected.code}`);
    }
  }
  return { rows, refused };
};
