import type { InventoryItem } from "@stockwire/contracts/items";
import { type AlertKind, type StoredLevel, transitionOf } from "@stockwire/contracts/level";
import { retryable } from "@stockwire/service-kit/errors";
import type { StockRow } from "../file/validate-row.ts";
import { forEachLimited } from "../for-each-limited.ts";
import { type GuardedWrite, type InventoryTable, ROWS_PER_WRITE } from "./inventory-table.ts";

/** What is to become of one row, given what stands in the table. */
export type RowVerdict =
  | { readonly outcome: "write"; readonly count: number; readonly level: StoredLevel }
  | { readonly outcome: "already-written" | "unchanged" | "stale" };

export interface RowWriter {
  readonly version: string;
  readonly uploadId: string;
  readonly decide: (row: StockRow, standing: InventoryItem | undefined) => RowVerdict;
  /** Told of each row once it is settled, with what stood before; a crash between write and call goes untold. */
  readonly onSettled?: (row: StockRow, before: InventoryItem | undefined, verdict: RowVerdict) => void;
  /** Told of each row as this load left it, also where an earlier attempt had written it. */
  readonly onWritten: (row: InventoryItem) => void;
  /** Told of each row written that staff are to hear of. A crash between write and call goes untold. */
  readonly onTransition: (kind: AlertKind) => void;
}

export interface SettledRows {
  readonly written: number;
  readonly unchanged: number;
  readonly stale: number;
}

/** A guard that keeps failing means more writers than the protocol allows for. */
const MAX_ROUNDS = 10;

export const keyOf = (store: string, item: string): string => `${store}\u001f${item}`;

/**
 * Compares up to 100 rows (no item twice) with the table and writes those that must be written, guarded. A row
 * whose guard fails was written by another load in between: it is read and decided again.
 * @param first what stands there, for the first comparison; what comes of it is guarded, so it may be a while ago
 */
export const writeRows = async (
  table: InventoryTable,
  rows: readonly StockRow[],
  writer: RowWriter,
  first: (rows: readonly StockRow[]) => Promise<ReadonlyMap<string, InventoryItem>> = (all) =>
    readStanding(table, all),
): Promise<SettledRows> => {
  const counts = { written: 0, unchanged: 0, stale: 0 };
  let pending = rows;
  for (let round = 0; pending.length > 0; round++) {
    if (round === MAX_ROUNDS) throw retryable("rows_contended", "other loads keep writing the same rows");
    const standing = round === 0 ? await first(pending) : await readStanding(table, pending);
    const writes: { row: StockRow; before: InventoryItem | undefined; write: GuardedWrite }[] = [];
    for (const row of pending) {
      const before = standing.get(keyOf(row.store, row.item));
      const verdict = writer.decide(row, before);
      if (verdict.outcome === "write") {
        writes.push({ row, before, write: guardedWrite(row, before, verdict, writer) });
        continue;
      }
      counts[verdict.outcome === "already-written" ? "written" : verdict.outcome] += 1;
      if (verdict.outcome === "already-written" && before !== undefined) writer.onWritten(before);
      writer.onSettled?.(row, before, verdict);
    }
    const again: StockRow[] = [];
    await forEachLimited(inBatches(writes, ROWS_PER_WRITE), 4, async (batch) => {
      const held = await table.write(batch.map(({ write }) => write));
      for (const [index, { row, before, write }] of batch.entries()) {
        if (!held[index]) {
          again.push(row);
          continue;
        }
        counts.written += 1;
        writer.onWritten(write.row);
        const { Count: count, Level: level } = write.row;
        writer.onSettled?.(row, before, { outcome: "write", count, level });
        const transition = transitionOf(before && { count: before.Count, level: before.Level }, {
          count,
          level,
        });
        if (transition !== undefined) writer.onTransition(transition);
      }
    });
    pending = again;
  }
  return counts;
};

/** What stands in the table for some rows, by `keyOf`; strongly consistent. */
export const readStanding = async (
  table: InventoryTable,
  rows: readonly StockRow[],
): Promise<Map<string, InventoryItem>> => {
  const items = await table.read(rows.map(({ store, item }) => ({ store, item })));
  return new Map(items.map((item) => [keyOf(item.Store, item.Item), item]));
};

const guardedWrite = (
  row: StockRow,
  before: InventoryItem | undefined,
  { count, level }: { readonly count: number; readonly level: StoredLevel },
  writer: RowWriter,
): GuardedWrite => {
  const item: InventoryItem = {
    Store: row.store,
    Item: row.item,
    Count: count,
    Level: level,
    Previous: before === undefined || before.Level === "retired" ? null : before.Count,
    Version: writer.version,
    Line: row.line,
    UploadId: writer.uploadId,
    UpdatedAt: new Date().toISOString(),
  };
  return before === undefined
    ? { kind: "insert", row: item }
    : { kind: "update", row: item, over: before.Version };
};

export function* inBatches<Value>(values: readonly Value[], size: number): Generator<readonly Value[]> {
  for (let start = 0; start < values.length; start += size) yield values.slice(start, start + size);
}
