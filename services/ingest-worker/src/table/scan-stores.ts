import type { StockRow } from "../file/validate-row.ts";
import { blockSize, type RowBlock } from "./in-blocks.ts";
import type { InventoryTable } from "./inventory-table.ts";

/** Everything that some stores have, retired items too, as blocks of rows. */
export async function* scanStores(
  table: InventoryTable,
  stores: Iterable<string>,
  hasNewerFiles: boolean,
): AsyncGenerator<RowBlock> {
  let rows: StockRow[] = [];
  for (const store of stores) {
    for await (const page of table.scan(store)) {
      for (const { Item, Count, Line } of page) rows.push({ line: Line, store, item: Item, count: Count });
      if (rows.length < blockSize(hasNewerFiles)) continue;
      yield { rows, repeated: [], refused: 0 };
      rows = [];
    }
  }
  yield { rows, repeated: [], refused: 0 };
}
