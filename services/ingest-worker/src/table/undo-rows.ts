import type { S3Client } from "@aws-sdk/client-s3";
import type { Change } from "@stockwire/contracts/change";
import type { InventoryItem } from "@stockwire/contracts/items";
import type { AlertKind, Level } from "@stockwire/contracts/level";
import { NO_ROWS, type Warning } from "@stockwire/contracts/receipt";
import type { StockRow } from "../file/validate-row.ts";
import { forEachLimited } from "../for-each-limited.ts";
import type { LoadJob } from "../load-job.ts";
import { decideUndo } from "../order/decide-row.ts";
import { dropStale, type Newer } from "./drop-stale.ts";
import type { RowBlock } from "./in-blocks.ts";
import { type InventoryTable, KEYS_PER_READ } from "./inventory-table.ts";
import type { LoadedRows } from "./load-rows.ts";
import { inBatches, keyOf, type RowVerdict, type RowWriter, readStanding, writeRows } from "./write-rows.ts";

/**
 * Puts back what a load had changed, where nothing newer has touched it, and removes what it had added. Each row keeps
 * the count that stood before it, so nothing but the table is needed.
 * @param changes told of every row put back, removed, or kept because a later upload has touched it
 * @returns counts of rows: `written` were put back or removed, `stale` kept, `unchanged` had not been changed by the load
 */
export const undoRows = async (
  job: LoadJob,
  blocks: AsyncIterable<RowBlock>,
  options: {
    readonly table: InventoryTable;
    readonly s3: S3Client;
    readonly newer: Newer;
    readonly parallel: number;
    readonly level: (store: string, item: string, count: number) => Level;
    readonly onTransition: (kind: AlertKind) => void;
    readonly onWritten: (row: InventoryItem) => void;
    readonly changes: (changes: readonly Change[]) => Promise<void>;
    readonly signal: AbortSignal;
  },
): Promise<LoadedRows> => {
  const { table, s3, signal } = options;
  const undone = job.undoes?.version ?? "";
  const rows = { ...NO_ROWS };
  const warnings = new Map<string, Warning>();

  for await (const block of blocks) {
    // In doubt a later upload has touched them: what is kept can still be put right, what is overwritten is gone.
    const sorted = await dropStale(s3, block.rows, options.newer, signal, "theirs");
    const { fresh, stale } = sorted;
    for (const warning of sorted.warnings) warnings.set(warning.message, warning);
    const changes: Change[] = [];
    await forEachLimited(inBatches(fresh, KEYS_PER_READ), options.parallel, async (batch) => {
      signal.throwIfAborted();
      const settled = await writeRows(table, batch, undoWriter(job, undone, changes, options));
      rows.written += settled.written;
      rows.unchanged += settled.unchanged;
      rows.stale += settled.stale;
    });
    await forEachLimited(inBatches(stale, KEYS_PER_READ), options.parallel, async (batch) => {
      const standing = await readStanding(
        table,
        batch.map(({ row }) => row),
      );
      for (const { row, by } of batch) {
        const before = standing.get(keyOf(row.store, row.item));
        // What the load itself had left alone needs no putting back, whatever came later.
        if (before === undefined || before.Version < undone) rows.unchanged += 1;
        else {
          rows.stale += 1;
          changes.push(kept(row, before, before.Version > job.version ? before.UploadId : by));
        }
      }
    });
    rows.repeated += block.repeated.length;
    rows.read = rows.written + rows.unchanged + rows.stale + rows.repeated;
    await options.changes(changes);
  }
  return { rows, warnings: [...warnings.values()] };
};

const undoWriter = (
  job: LoadJob,
  undone: string,
  changes: Change[],
  options: {
    readonly level: (store: string, item: string, count: number) => Level;
    readonly onTransition: (kind: AlertKind) => void;
    readonly onWritten: (row: InventoryItem) => void;
  },
): RowWriter => ({
  version: job.version,
  uploadId: job.upload.UploadId,
  onTransition: options.onTransition,
  onWritten: options.onWritten,
  decide: (row, standing): RowVerdict => {
    const decision = decideUndo(standing, undone, job.version);
    if (decision === "put-back") {
      const count = standing?.Previous ?? 0;
      return { outcome: "write", count, level: options.level(row.store, row.item, count) };
    }
    if (decision === "remove") return { outcome: "write", count: standing?.Count ?? 0, level: "retired" };
    return { outcome: decision };
  },
  onSettled: (row, before, verdict) => {
    if (verdict.outcome === "write") {
      const after = verdict.level === "retired" ? null : verdict.count;
      changes.push(undoneChange(row, before === undefined ? null : shownCount(before), after));
    } else if (verdict.outcome === "already-written" && before !== undefined) {
      changes.push(undoneChange(row, before.Previous, shownCount(before)));
    } else if (verdict.outcome === "stale" && before !== undefined) {
      changes.push(kept(row, before, before.UploadId));
    }
  },
});

/** The count that people see; null for an item that is out of sight. */
const shownCount = ({ Level, Count }: InventoryItem): number | null => (Level === "retired" ? null : Count);

const undoneChange = (row: StockRow, before: number | null, after: number | null): Change => ({
  store: row.store,
  item: row.item,
  line: row.line,
  before,
  after,
  change: after === null ? "removed" : "put_back",
});

const kept = (row: StockRow, standing: InventoryItem, by: string): Change => ({
  store: row.store,
  item: row.item,
  line: row.line,
  before: shownCount(standing),
  after: shownCount(standing),
  change: "kept",
  by,
});
