import type { InventoryItem, StoreItem } from "@stockwire/contracts/items";
import { toGoneItem, toStockItemView, toStoreView } from "@stockwire/contracts/to-views";
import type { LiveEventWriter } from "@stockwire/service-kit/live/live-events";

/** A row as a load left it: there, or gone from sight. */
export const tellOfRow = (live: LiveEventWriter, row: InventoryItem): void => {
  const { Store, Level } = row;
  if (Level === "retired") live.stock(Store, { gone: [toGoneItem(row)] });
  else live.stock(Store, { items: [toStockItemView({ ...row, Level })] });
};

export const tellOfSummary = (live: LiveEventWriter, summary: StoreItem): void =>
  live.stock(summary.Store, { summary: toStoreView(summary) });
