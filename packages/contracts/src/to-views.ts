import type { AlertItem, InventoryItem, StoreItem } from "./items.ts";
import type { Level } from "./level.ts";
import type { GoneItem } from "./live-event.ts";
import type { AlertView, StockItemView, StoreView } from "./views.ts";

/** Items of the tables as the API and the live events show them. */

/** A row that is not retired. */
export type VisibleRow = Pick<InventoryItem, "Item" | "Count" | "UpdatedAt" | "UploadId" | "Line"> & {
  readonly Level: Level;
};

export const toStockItemView = (row: VisibleRow): StockItemView => ({
  item: row.Item,
  count: row.Count,
  level: row.Level,
  updatedAt: row.UpdatedAt,
  uploadId: row.UploadId,
  line: row.Line,
});

export const toGoneItem = (row: Pick<InventoryItem, "Item" | "UpdatedAt">): GoneItem => ({
  item: row.Item,
  updatedAt: row.UpdatedAt,
});

export const toStoreView = (item: StoreItem): StoreView => ({
  store: item.Store,
  items: item.Items,
  outOfStock: item.OutOfStock,
  low: item.Low ?? 0,
  lastLoadAt: item.LastLoadAt,
  lastUploadId: item.LastUploadId,
  revision: item.Revision,
});

export const toAlertView = (
  alert: Pick<AlertItem, "Store" | "Item" | "Kind" | "Count" | "Previous" | "Message" | "At" | "PublishedAt">,
): AlertView => ({
  store: alert.Store,
  item: alert.Item,
  kind: alert.Kind,
  count: alert.Count,
  previous: alert.Previous ?? null,
  message: alert.Message,
  at: alert.At,
  publishedAt: alert.PublishedAt ?? null,
});
