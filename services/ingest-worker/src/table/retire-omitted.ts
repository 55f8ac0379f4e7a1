import type { S3Client } from "@aws-sdk/client-s3";
import type { Change } from "@stockwire/contracts/change";
import type { WarningCode } from "@stockwire/contracts/codes";
import type { InventoryItem } from "@stockwire/contracts/items";
import type { Warning } from "@stockwire/contracts/receipt";
import { isObjectGone, readObject } from "@stockwire/service-kit/uploads/read-object";
import { type RowBatch, readRows } from "../file/read-rows.ts";
import type { StockRow } from "../file/validate-row.ts";
import { forEachLimited } from "../for-each-limited.ts";
import type { LoadJob } from "../load-job.ts";
import { decideOmitted } from "../order/decide-row.ts";
import type { LoadEntry } from "../order/ledger-entry.ts";
import { dropStale, eachNamedIn, type Newer } from "./drop-stale.ts";
import { type InventoryTable, KEYS_PER_READ } from "./inventory-table.ts";
import { inBatches, keyOf, writeRows } from "./write-rows.ts";

/** Items looked up in the files at a time: memory depends on this alone. */
const BLOCK_ROWS = 200_000;

/**
 * Retires what a replacing load's stores have and its file omits. Which items the file omits is found by streaming it
 * past what stands in the table. What an older load that is still open may yet bring in is taken from that load's file.
 * @param changes told of every item retired, also by an earlier attempt
 * @returns how many items were retired
 */
export const retireOmitted = async (
  job: LoadJob,
  stores: ReadonlySet<string>,
  options: {
    readonly table: InventoryTable;
    readonly s3: S3Client;
    readonly newer: Newer;
    readonly olderOpen: ReadonlyMap<LoadEntry, ReadonlySet<string>>;
    readonly parallel: number;
    readonly onWritten: (row: InventoryItem) => void;
    readonly changes: (changes: readonly Change[]) => Promise<void>;
    readonly signal: AbortSignal;
  },
): Promise<{ readonly retired: number; readonly warnings: readonly Warning[] }> => {
  const { table, s3, signal } = options;
  const warnings: Warning[] = [];
  let retired = 0;

  const retire = async (block: readonly StockRow[], mayComeBack: boolean): Promise<void> => {
    const omitted = new Map(block.map((row) => [keyOf(row.store, row.item), row]));
    const { object, storeRestriction } = job.file;
    await eachNamedIn(s3, object, storeRestriction, omitted, signal, (key) => omitted.delete(key));
    const { fresh, warnings: found } = await dropStale(s3, [...omitted.values()], options.newer, signal);
    warnings.push(...found);
    const changes: Change[] = [];
    await forEachLimited(inBatches(fresh, KEYS_PER_READ), options.parallel, async (rows) => {
      signal.throwIfAborted();
      await writeRows(table, rows, {
        version: job.version,
        uploadId: job.upload.UploadId,
        // Staff are not told that an item is no longer kept.
        onTransition: () => undefined,
        onWritten: options.onWritten,
        decide: (row, standing) => {
          const decision = decideOmitted(standing, job.version, mayComeBack);
          if (decision !== "retire") return { outcome: decision };
          // Of an item that nobody has seen yet staff never heard that it is out, so never hear that it is back.
          return { outcome: "write", count: standing?.Count ?? Math.max(1, row.count), level: "retired" };
        },
        onSettled: (row, before, { outcome }) => {
          if (outcome === "write" && before !== undefined && before.Level !== "retired")
            changes.push(toChange(row, before.Count));
        },
      });
    });
    retired += changes.length;
    await options.changes(changes);
  };

  let block: StockRow[] = [];
  const add = async (rows: readonly StockRow[], mayComeBack: boolean): Promise<void> => {
    block.push(...rows);
    if (block.length < BLOCK_ROWS) return;
    await retire(block, mayComeBack);
    block = [];
  };
  const flush = async (mayComeBack: boolean): Promise<void> => {
    if (block.length > 0) await retire(block, mayComeBack);
    block = [];
  };

  for (const store of stores) {
    for await (const page of table.scan(store)) {
      // By an attempt before this one.
      const before = page.filter((item) => item.Version === job.version && wasRetired(item));
      retired += before.length;
      await options.changes(before.map((item) => toChange(toRow(item), item.Count)));
      const older = page.filter((item) => item.Version < job.version && item.Level !== "retired");
      await add(older.map(toRow), false);
    }
  }
  await flush(false);
  for (const [{ object, storeRestriction, uploadId }, shared] of options.olderOpen) {
    if (object.key === "") continue;
    const isGone = (): void => {
      // Then that load cannot read it either; what it holds in its hands may still come in.
      const message = `the file of the older upload ${uploadId}, which is being loaded, is gone; what it still brings in may stay`;
      warnings.push({ code: "older_file_gone" satisfies WarningCode, message });
    };
    for await (const { rows } of untilGone(
      readRows(readObject(s3, object, signal), storeRestriction),
      isGone,
    )) {
      const theirs = rows.filter(({ store }) => shared.has(store));
      await add(
        theirs.map((row) => ({ ...row, line: 0 })),
        true,
      );
    }
    await flush(true);
  }
  return { retired, warnings };
};

/** What can be read of a file that may go away; whoever works on it has failures of his own. */
async function* untilGone(batches: AsyncIterable<RowBatch>, isGone: () => void): AsyncGenerator<RowBatch> {
  try {
    yield* batches;
  } catch (error) {
    if (!isObjectGone(error)) throw error;
    isGone();
  }
}

/** Not where the item had been retired before, or never been there. */
const wasRetired = ({ Level, Previous }: InventoryItem): boolean => Level === "retired" && Previous !== null;

const toRow = ({ Store, Item, Count }: InventoryItem): StockRow => ({
  line: 0,
  store: Store,
  item: Item,
  count: Count,
});

const toChange = ({ store, item }: StockRow, before: number): Change => ({
  store,
  item,
  line: 0,
  before,
  after: null,
  change: "retired",
});
