import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parse } from "csv-parse";
import csvParser from "csv-parser";
import Papa from "papaparse";
import { type BaseParse, inferSchema, initParser } from "udsv";
import { inspectFile } from "../../services/ingest-worker/src/file/inspect-file.ts";
import { readRows } from "../../services/ingest-worker/src/file/read-rows.ts";

/** What the rows add up to. */
interface Tally {
  rows: number;
  sum: number;
  itemLength: number;
}

/** What a reading found: all of it is compared with what is in the file. */
type Reading = Tally | { readonly rows: number; readonly sha256: string };

/** Reads a file that comes in chunks, as from S3, and holds no more of it than a chunk. */
export type ReadFile = (bytes: Buffer) => Promise<Reading>;

const CHUNK_BYTES = 64 * 1024;

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    yield bytes.subarray(start, start + CHUNK_BYTES);
  }
}

function* copiesOf(chunks: Iterable<Buffer>): Generator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

/** Whole characters: one that is cut between two chunks comes with the second. */
function* textOf(chunks: Iterable<Buffer>): Generator<string> {
  const decoder = new TextDecoder();
  for (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
}

/** Adds up rows whose cells are looked for under the header's names, as every parser must be asked to. */
const createTally = () => {
  const found: Tally = { rows: 0, sum: 0, itemLength: 0 };
  let item = -1;
  let count = -1;
  return {
    found,
    row: (cells: readonly string[]): void => {
      if (item < 0) {
        item = cells.indexOf("item");
        count = cells.indexOf("count");
        return;
      }
      found.rows += 1;
      found.sum += Number(cells[count]);
      found.itemLength += cells[item]?.length ?? 0;
    },
  };
};

/** Ours: bytes to checked rows, with what is wrong with each, its line, and where a next attempt could go on. */
const ours: ReadFile = async (bytes) => {
  const found: Tally = { rows: 0, sum: 0, itemLength: 0 };
  for await (const batch of readRows(asAsync(chunksOf(bytes)), undefined)) {
    if (batch.refused.length > 0) throw new Error(`refused: ${JSON.stringify(batch.refused[0])}`);
    found.rows += batch.rows.length;
    for (const { item, count } of batch.rows) {
      found.sum += count;
      found.itemLength += item.length;
    }
  }
  return found;
};

/**
 * Ours, with all that the worker does in its first pass over a file: digest, UTF-8, stores, and which items come again.
 * Nothing else here does so much.
 */
const firstPass: ReadFile = async (bytes) => {
  const nothing = async (): Promise<void> => {};
  const chunks = asAsync(chunksOf(bytes));
  const found = await inspectFile(chunks, undefined, nothing, nothing);
  if (!found.usable || found.rejectedCount > 0)
    throw new Error(`refused: ${JSON.stringify(found.rejected[0])}`);
  return { rows: found.acceptedCount, sha256: found.sha256 };
};

async function* asAsync(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
}

/**
 * csv-parse with nothing asked of it that costs time. Records are taken in `on_record` and dropped, which spares the
 * stream's object mode: a third faster than reading the stream.
 */
const csvParse: ReadFile = async (bytes) => {
  const tally = createTally();
  const parser = parse({
    delimiter: ",",
    record_delimiter: "\n",
    on_record: (record: string[]) => {
      tally.row(record);
      return null;
    },
  });
  await pipeline(Readable.from(chunksOf(bytes), { objectMode: false }), parser.resume());
  return tally.found;
};

/** It takes doubled quotes out of the very bytes that it is given: they are copied for it, which costs next to nothing. */
const csvParserPackage: ReadFile = async (bytes) => {
  const tally = createTally();
  const parser = csvParser({ headers: false });
  parser.on("data", (record: Record<string, string>) => tally.row(Object.values(record)));
  await pipeline(Readable.from(copiesOf(chunksOf(bytes)), { objectMode: false }), parser);
  return tally.found;
};

/** Its stream would break characters that are cut between two chunks. */
const papaParse: ReadFile = async (bytes) => {
  const tally = createTally();
  const parser = Papa.parse(Papa.NODE_STREAM_INPUT, { delimiter: ",", newline: "\n", skipEmptyLines: true });
  parser.on("data", (cells: string[]) => tally.row(cells));
  await pipeline(Readable.from(textOf(chunksOf(bytes))), parser);
  return tally.found;
};

/** It takes text. */
const udsv: ReadFile = async (bytes) => {
  const tally = createTally();
  let parser: ReturnType<typeof initParser> | undefined;
  for (const text of textOf(chunksOf(bytes))) {
    if (parser === undefined) {
      const schema = inferSchema(text, { col: ",", row: "\n", encl: '"' });
      parser = initParser(schema);
      tally.row(schema.cols.map(({ name }) => name));
    }
    parser.chunk<string[]>(text, parser.stringArrs as BaseParse<string[]>, tally.row);
  }
  parser?.end();
  return tally.found;
};

/** In the order in which they take turns: what is compared stands together. */
export const csvReaders = {
  ours,
  "csv-parse": csvParse,
  "csv-parser": csvParserPackage,
  "Papa Parse": papaParse,
  uDSV: udsv,
  "ours, the whole first pass": firstPass,
} as const satisfies Readonly<Record<string, ReadFile>>;
