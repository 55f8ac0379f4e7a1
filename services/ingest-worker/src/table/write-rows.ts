import type { InventoryItem } from "@stockwire/contracts/items";
import { type AlertKind, type Level, levelOf, transitionOf } from "@stockwire/contracts/level";
import { retryable } from "@stockwire/service-kit/errors";
import type { StockRow } from "../file/validate-row.ts";
import { forEachLimited } from "../for-each-limited.ts";
import { decideRow } from "../order/decide-row.ts";
import type { LoadCounts } from "../order/loads-table.ts";
import { type GuardedWrite, type InventoryTable, ROWS_PER_WRITE } from "./inventory-table.ts";

export interface RowWriter {
  readonly version: string;
  readonly uploadId: string;
  readonly writeEveryRowOf: ReadonlySet<string>;
  /** The count at or below which an item is low; undefined: it never is. */
  readonly thresholdOf: (store: string, item: string) => number | undefined;
  /** Told of each row written that staff are to hear of. A crash between write and call goes untold. */
  readonly onTransition: (kind: AlertKind) => void;
}

/** A guard that keeps failing means more writers than the protocol allows for. */
const MAX_ROUNDS = 10;

const keyOf = (store: string, item: string): string => `${store}\u001f${item}`;

/**
 * Compares up to 100 rows (no item twice) with the table and writes those that must be written, guarded. A row
 * whose guard fails was written by another load in between: it is read and decided again.
 */
export const writeRows = async (
  table: InventoryTable,
  rows: readonly StockRow[],
  writer: RowWriter,
): Promise<LoadCounts> => {
  const counts = { written: 0, unchanged: 0, stale: 0 };
  let pending = rows;
  for (let round = 0; pending.length > 0; round++) {
    if (round === MAX_ROUNDS) throw retryable("rows_contended", "other loads keep writing the same rows");
    const standing = await readStanding(table, pending);
    const writes: { row: StockRow; write: GuardedWrite; transition: AlertKind | undefined }[] = [];
    for (const row of pending) {
      const before = standing.get(keyOf(row.store, row.item));
      const found = before && { count: before.Count, level: before.Level, version: before.Version };
      const wanted = { count: row.count, level: levelIn(row, writer) };
      const decision = decideRow(found, wanted, writer.version, writer.writeEveryRowOf.has(row.store));
      if (decision === "insert" || decision === "update") {
        const write = { kind: decision, row: toItem(row, writer) };
        writes.push({ row, write, transition: transitionOf(found, wanted) });
      } else if (decision === "already-written") counts.written += 1;
      else counts[decision] += 1;
    }
    const again: StockRow[] = [];
    await forEachLimited(inBatches(writes, ROWS_PER_WRITE), 4, async (batch) => {
      const held = await table.write(batch.map(({ write }) => write));
      for (const [index, { row, transition }] of batch.entries()) {
        if (!held[index]) {
          again.push(row);
          continue;
        }
        counts.written += 1;
        if (transition !== undefined) writer.onTransition(transition);
      }
    });
    pending = again;
  }
  return counts;
};

const readStanding = async (
  table: InventoryTable,
  rows: readonly StockRow[],
): Promise<Map<string, InventoryItem>> => {
  const items = await table.read(rows.map(({ store, item }) => ({ store, item })));
  return new Map(items.map((item) => [keyOf(item.Store, item.Item), item]));
};

const levelIn = ({ store, item, count }: StockRow, writer: RowWriter): Level =>
  levelOf(count, writer.thresholdOf(store, item));

const toItem = (row: StockRow, writer: RowWriter): InventoryItem => ({
  Store: row.store,
  Item: row.item,
  Count: row.count,
  Level: levelIn(row, writer),
  Version: writer.version,
  Line: row.line,
  UploadId: writer.uploadId,
  UpdatedAt: new Date().toISOString(),
});

export function* inBatches<Value>(values: readonly Value[], size: number): Generator<readonly Value[]> {
  for (let start = 0; start < values.length; start += size) yield values.slice(start, start + size);
}
