import type { AlertsEvent, StockEvent } from "@stockwire/contracts/live-event";
import type { AlertView, StockItemView, StoreView } from "@stockwire/contracts/views";

/** Rows that an event lists at most, in bytes of JSON: a kilobyte is a unit of writing. */
export const MAX_LISTED_BYTES = 16 * 1024;

/** What is told of one store's stock. */
export interface StockChange {
  readonly items?: readonly StockItemView[];
  /** Items that were retired or taken back. */
  readonly gone?: readonly string[];
  /** Rows changed that nobody lists. */
  readonly more?: boolean;
  readonly summary?: StoreView;
}

/** What is known of a store since its last event: of each item the latest, up to the limit. */
export interface GatheredStock {
  /** A row, or null for an item that is gone. */
  readonly rows: Map<string, StockItemView | null>;
  bytes: number;
  more: boolean;
  summary: StoreView | undefined;
}

/** Without its strings a row takes this; characters beyond ASCII take up to three bytes each, four a pair. */
const ROW_BYTES = 130;
const bytesOf = (item: string, row: StockItemView | null): number =>
  Buffer.byteLength(item) + (row === null ? 3 : ROW_BYTES + row.uploadId.length);

export const gatherStock = (before: GatheredStock | undefined, change: StockChange): GatheredStock => {
  const sum = before ?? { rows: new Map(), bytes: 0, more: false, summary: undefined };
  for (const row of change.items ?? []) addRow(sum, row.item, row);
  for (const item of change.gone ?? []) addRow(sum, item, null);
  if (change.more) sum.more = true;
  if (change.summary !== undefined) sum.summary = change.summary;
  return sum;
};

const addRow = (sum: GatheredStock, item: string, row: StockItemView | null): void => {
  if (sum.rows.has(item)) {
    sum.rows.set(item, row);
    return;
  }
  // Past the limit nothing is reckoned any more: a load must not pay for what nobody will read.
  if (sum.bytes >= MAX_LISTED_BYTES) {
    sum.more = true;
    return;
  }
  const bytes = bytesOf(item, row);
  if (sum.bytes + bytes > MAX_LISTED_BYTES) {
    sum.bytes = MAX_LISTED_BYTES;
    sum.more = true;
    return;
  }
  sum.rows.set(item, row);
  sum.bytes += bytes;
};

/** @param listRows false: only that there are some */
export const toStockEvent = (store: string, sum: GatheredStock, listRows: boolean): StockEvent => {
  const rows = listRows ? [...sum.rows] : [];
  return {
    store,
    items: rows.flatMap(([, row]) => (row === null ? [] : [row])),
    gone: rows.flatMap(([item, row]) => (row === null ? [item] : [])),
    more: sum.more || rows.length < sum.rows.size,
    summary: sum.summary ?? null,
  };
};

/** Transitions of a store since its last event. */
export interface GatheredAlerts {
  readonly alerts: AlertView[];
  bytes: number;
  more: boolean;
}

export const gatherAlerts = (before: GatheredAlerts | undefined, alert: AlertView): GatheredAlerts => {
  const sum = before ?? { alerts: [], bytes: 0, more: false };
  if (sum.bytes >= MAX_LISTED_BYTES) {
    sum.more = true;
    return sum;
  }
  sum.alerts.push(alert);
  sum.bytes += Buffer.byteLength(JSON.stringify(alert)) + 1;
  return sum;
};

export const toAlertsEvent = (store: string, { alerts, more }: GatheredAlerts): AlertsEvent => ({
  store,
  alerts,
  more,
});
