import type { AlertsEvent, GoneItem, StockEvent } from "@stockwire/contracts/live-event";
import type { AlertView, StockItemView, StoreView } from "@stockwire/contracts/views";

/** Rows that an event lists at most, in bytes of JSON: a kilobyte is a unit of writing. */
export const MAX_LISTED_BYTES = 16 * 1024;

/** What is told of one store's stock. */
export interface StockChange {
  readonly items?: readonly StockItemView[];
  /** Items that were retired or taken back. */
  readonly gone?: readonly GoneItem[];
  /** Rows changed that nobody lists. */
  readonly more?: boolean;
  readonly summary?: StoreView;
}

/** What is known of a store since its last event: of each item the latest, up to the limit. */
export interface GatheredStock {
  readonly rows: Map<string, Row>;
  bytes: number;
  more: boolean;
  summary: StoreView | undefined;
}

type Row = StockItemView | GoneItem;
const isThere = (row: Row): row is StockItemView => "count" in row;

/** Without its strings a row takes this; characters beyond ASCII take up to three bytes each, four a pair. */
const ROW_BYTES = 130;
const GONE_BYTES = 53;
const bytesOf = (row: Row): number =>
  Buffer.byteLength(row.item) + (isThere(row) ? ROW_BYTES + row.uploadId.length : GONE_BYTES);

export const gatherStock = (before: GatheredStock | undefined, change: StockChange): GatheredStock => {
  const sum = before ?? { rows: new Map(), bytes: 0, more: false, summary: undefined };
  for (const row of change.items ?? []) addRow(sum, row);
  for (const row of change.gone ?? []) addRow(sum, row);
  if (change.more) sum.more = true;
  // Rows and summaries are told when their writes are answered, which need not be in the order of the writes.
  if (change.summary && change.summary.revision > (sum.summary?.revision ?? 0)) sum.summary = change.summary;
  return sum;
};

const addRow = (sum: GatheredStock, row: Row): void => {
  const known = sum.rows.get(row.item);
  if (known !== undefined) {
    if (row.updatedAt >= known.updatedAt) sum.rows.set(row.item, row);
    return;
  }
  // Past the limit nothing is reckoned any more: a load must not pay for what nobody will read.
  if (sum.bytes >= MAX_LISTED_BYTES) {
    sum.more = true;
    return;
  }
  const bytes = bytesOf(row);
  if (sum.bytes + bytes > MAX_LISTED_BYTES) {
    sum.bytes = MAX_LISTED_BYTES;
    sum.more = true;
    return;
  }
  sum.rows.set(row.item, row);
  sum.bytes += bytes;
};

/** @param listRows false: only that there are some */
export const toStockEvent = (store: string, sum: GatheredStock, listRows: boolean): StockEvent => {
  const rows = listRows ? [...sum.rows.values()] : [];
  return {
    store,
    items: rows.filter(isThere),
    gone: rows.filter((row) => !isThere(row)),
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
