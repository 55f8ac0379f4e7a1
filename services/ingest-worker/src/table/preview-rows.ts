import type { Change } from "@stockwire/contracts/change";
import type { InventoryItem } from "@stockwire/contracts/items";
import type { Level } from "@stockwire/contracts/level";
import { NO_ROWS, type RowCounts } from "@stockwire/contracts/receipt";
import type { StockRow } from "../file/validate-row.ts";
import { forEachLimited } from "../for-each-limited.ts";
import { decideRow } from "../order/decide-row.ts";
import type { RowBlock } from "./in-blocks.ts";
import { KEYS_PER_READ } from "./inventory-table.ts";
import type { StandingRows } from "./standing-rows.ts";
import { inBatches, keyOf } from "./write-rows.ts";

/**
 * What loading the file this moment would do, row by row; changes nothing.
 * @param changes told of every item that the file names
 * @returns counts of rows, `written` being those that a load would write
 */
export const previewRows = async (
  blocks: AsyncIterable<RowBlock>,
  version: string,
  options: {
    readonly standing: StandingRows;
    readonly level: (store: string, item: string, count: number) => Level;
    readonly parallel: number;
    readonly changes: (changes: readonly Change[]) => Promise<void>;
    readonly signal: AbortSignal;
  },
): Promise<RowCounts> => {
  const rows = { ...NO_ROWS };
  for await (const block of blocks) {
    const changes: Change[] = [];
    await forEachLimited(inBatches(block.rows, KEYS_PER_READ), options.parallel, async (batch) => {
      options.signal.throwIfAborted();
      const standing = await options.standing.find(batch);
      for (const row of batch) {
        const level = options.level(row.store, row.item, row.count);
        const change = preview(row, level, standing.get(keyOf(row.store, row.item)), version);
        if (change.change === "stale" || change.change === "unchanged") rows[change.change] += 1;
        else rows.written += 1;
        changes.push(change);
      }
    });
    rows.repeated += block.repeated.length;
    rows.rejected += block.refused;
    rows.read = rows.written + rows.unchanged + rows.stale + rows.rejected + rows.repeated;
    await options.changes(changes);
  }
  return rows;
};

const preview = (
  row: StockRow,
  level: Level,
  standing: InventoryItem | undefined,
  version: string,
): Change => {
  const wanted = { count: row.count, level };
  const decision = decideRow(standing, wanted, version, false);
  const before = standing === undefined || standing.Level === "retired" ? null : standing.Count;
  const named = { store: row.store, item: row.item, line: row.line, before };
  if (decision === "stale") return { ...named, after: before, change: "stale" };
  if (decision === "unchanged") return { ...named, after: row.count, change: "unchanged" };
  return { ...named, after: row.count, change: before === null ? "added" : "changed" };
};
