import type { StockRow } from "../file/validate-row.ts";
import type { RowBlock } from "./in-blocks.ts";
import type { InventoryTable } from "./inventory-table.ts";

/** Everything that some stores have, retired items too, as blocks of rows. */
export async function* scanStores(table: InventoryTable, stores: Iterable<string>): AsyncGenerator<RowBlock> {
  for (const store of stores) {
    for await (const page of table.scan(store)) {
      const rows = page.map(
        ({ Item, Count, Line }): StockRow => ({ line: Line, store, item: Item, count: Count }),
      );
      yield { rows, repeated: [], refused: 0 };
    }
  }
}
