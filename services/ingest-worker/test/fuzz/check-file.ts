import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { codeOf, kindOf } from "@stockwire/service-kit/errors";
import { type Inspection, inspectFile } from "../../src/file/inspect-file.ts";
import type { Header } from "../../src/file/read-header.ts";
import { type RowBatch, readRows, readRowsFrom } from "../../src/file/read-rows.ts";
import type { RefusedRow, StockRow } from "../../src/file/validate-row.ts";
import { rejectedHeader, rejectedLines } from "../../src/file/write-rejected.ts";
import { inBlocks } from "../../src/table/in-blocks.ts";
import type { FuzzedFile } from "./arbitrary-file.ts";

interface Reading {
  readonly error: string | undefined;
  readonly header: Header | undefined;
  readonly rows: readonly StockRow[];
  readonly refused: readonly RefusedRow[];
  readonly batches: readonly RowBatch[];
}

const FILE_CODES =
  /^(empty_file|no_rows|no_usable_rows|not_utf8|not_csv|missing_column|repeated_column|too_many_stores|too_many_repeats)$/;
const ROW_CODES =
  /^(ragged_row|unclosed_quote|misplaced_quote|row_too_long|empty_store|empty_item|bad_count|count_out_of_range|value_too_long|control_character|store_not_allowed)$/;
/** What cannot be split into cells stands in `rejected.csv` as one cell. */
const UNSPLIT = /^(unclosed_quote|misplaced_quote|row_too_long)$/;

/** A long row that came byte by byte would only take time. */
const MAX_CHUNKS = 60;

/** Cuts the bytes into chunks of these lengths, over and over; at once, where none is given. */
async function* cut(bytes: Buffer, lengths: readonly number[]): AsyncGenerator<Buffer> {
  const least = Math.ceil(bytes.length / MAX_CHUNKS);
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = Math.max(lengths[turn % Math.max(lengths.length, 1)] ?? bytes.length, least);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

const collect = async (source: AsyncIterable<RowBatch>): Promise<Reading> => {
  const batches: RowBatch[] = [];
  let error: string | undefined;
  try {
    for await (const batch of source) batches.push(batch);
  } catch (cause) {
    if (kindOf(cause) !== "permanent") throw cause;
    error = codeOf(cause);
  }
  return {
    error,
    header: batches[0]?.header,
    rows: batches.flatMap(({ rows }) => rows),
    refused: batches.flatMap(({ refused }) => refused),
    batches,
  };
};

const ensure = (holds: boolean, what: string, ...details: unknown[]): void => {
  if (!holds) throw new Error([what, ...details.map((detail) => JSON.stringify(detail))].join("\n"));
};

const sameRows = (one: Reading, other: Reading): boolean =>
  one.error === other.error &&
  isDeepStrictEqual(one.rows, other.rows) &&
  isDeepStrictEqual(one.refused, other.refused);

/** Everything that must hold for any file, however its stream is cut. Throws what does not. */
export const checkFile = async ({ content, chunks, store }: FuzzedFile): Promise<void> => {
  const whole = await collect(readRows(cut(content, []), store));
  const pieces = await collect(readRows(cut(content, chunks), store));
  ensure(sameRows(whole, pieces), "another verdict in other chunks", whole, pieces);
  checkLines(whole, content);
  const inspection = await inspectFile(
    cut(content, chunks),
    store,
    async () => undefined,
    async () => undefined,
  );
  checkInspection(inspection, whole, content);
  await checkSums(inspection, pieces);
  await checkResuming(pieces, content, chunks, store);
  await checkSendingAgain(whole, store);
};

/** No row stands on a line that is not there, or before the one above it. */
const checkLines = ({ rows, refused }: Reading, content: Buffer): void => {
  const text = content.toString("latin1");
  const last = (text.match(/\r\n|\n|\r/g)?.length ?? 0) + 1;
  const lines = [...rows.map(({ line }) => line), ...refused.map(({ rejected }) => rejected.line)].sort(
    (a, b) => a - b,
  );
  ensure(new Set(lines).size === lines.length, "two rows on one line", lines);
  if (lines.length > 0)
    ensure((lines[0] ?? 2) >= 2 && (lines.at(-1) ?? 2) <= last, "a line that is not there", lines, last);
  for (const { rejected } of refused) ensure(ROW_CODES.test(rejected.code), "an unknown code", rejected);
};

const checkInspection = (inspection: Inspection, { rows, refused }: Reading, content: Buffer): void => {
  ensure(inspection.bytes === content.length, "not read to its end", inspection.bytes);
  ensure(inspection.sha256 === createHash("sha256").update(content).digest("hex"), "another digest");
  if (!inspection.usable) {
    ensure(FILE_CODES.test(inspection.error.code), "an unknown code", inspection.error);
    const isRefusedRowByRow = inspection.error.code === "no_usable_rows";
    ensure(!isRefusedRowByRow || rows.length === 0, "rows that nobody may use", rows);
    ensure(!isRefusedRowByRow || inspection.rejectedCount === refused.length, "refused rows not counted");
    return;
  }
  ensure(inspection.acceptedCount === rows.length, "rows not counted", inspection.acceptedCount, rows.length);
  ensure(inspection.rejectedCount === refused.length, "refused rows not counted");
  ensure(inspection.namesEveryItem === (refused.length === 0), "wrong about what the file omits");
};

/** Every row ends in one of the counts, and of several for one item the last is loaded. */
const checkSums = async (inspection: Inspection, { batches, rows, refused }: Reading): Promise<void> => {
  if (!inspection.usable) return;
  const keyOf = ({ store, item }: StockRow): string => `${store}\u001f${item}`;
  const loaded = new Map<string, StockRow>();
  let counted = 0;
  async function* source() {
    yield* batches;
  }
  for await (const block of inBlocks(source(), inspection.repeats, false)) {
    counted += block.rows.length + block.repeated.length + block.refused;
    for (const row of block.rows) {
      ensure(!loaded.has(keyOf(row)), "loaded twice", row);
      loaded.set(keyOf(row), row);
    }
  }
  ensure(counted === rows.length + refused.length, "the counts do not add up", counted);
  const wanted = new Map(rows.map((row) => [keyOf(row), row]));
  ensure(isDeepStrictEqual(new Map([...loaded].sort()), new Map([...wanted].sort())), "not the last row");
};

const checkResuming = async (
  { batches, error }: Reading,
  content: Buffer,
  chunks: readonly number[],
  store: string | undefined,
): Promise<void> => {
  if (error !== undefined) return;
  for (const [index, { next }] of batches.entries()) {
    if (next === undefined || index > 5) continue;
    const rest = await collect(readRowsFrom((offset) => cut(content.subarray(offset), chunks), store, next));
    const behind = batches.slice(index + 1);
    const isSame =
      isDeepStrictEqual(
        rest.rows,
        behind.flatMap(({ rows }) => rows),
      ) &&
      isDeepStrictEqual(
        rest.refused,
        behind.flatMap(({ refused }) => refused),
      );
    ensure(isSame, "other rows when read on", next, rest.rows, rest.refused, behind);
  }
};

/** What was refused, sent again as it stands in `rejected.csv`, is refused for the same reasons. */
const checkSendingAgain = async ({ header, refused }: Reading, store: string | undefined): Promise<void> => {
  if (header === undefined || refused.length === 0) return;
  // The four more columns can make its header too long.
  if (Buffer.byteLength(rejectedHeader(header)) > 64 * 1024) return;
  const again = await collect(
    readRows(cut(Buffer.from(rejectedHeader(header) + rejectedLines(refused)), []), store),
  );
  ensure(
    again.error === undefined && again.rows.length === 0,
    "rejected.csv is taken",
    again.error,
    again.rows,
  );
  ensure(again.refused.length === refused.length, "other rows in rejected.csv", refused, again.refused);
  for (const [index, { rejected }] of refused.entries()) {
    const second = again.refused[index]?.rejected;
    const isSame = UNSPLIT.test(rejected.code)
      ? /^(ragged_row|row_too_long)$/.test(second?.code ?? "")
      : second?.code === rejected.code && second.column === rejected.column;
    // What four more columns push over the limit is refused for that.
    ensure(isSame || second?.code === "row_too_long", "refused for another reason", rejected, second);
  }
};
