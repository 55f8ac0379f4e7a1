import { type Static, Type } from "typebox";
import { Receipt } from "./receipt.ts";
import { AlertView, StockItemView, StoreView } from "./views.ts";

/**
 * What `GET /v1/events` tells as it happens. Events are hints, at least once and in no strict order: whoever shows stock
 * takes of two rows of an item, there or gone, the one with the later `updatedAt`, of two summaries the one with the
 * higher `revision`, of two receipts the one that is further on, and asks the API again where an event says `more` or
 * after a `reset`.
 */

/** An item that was retired. */
export const GoneItem = Type.Object({
  item: Type.String(),
  updatedAt: Type.String({ format: "date-time", description: "when it was retired" }),
});
export type GoneItem = Static<typeof GoneItem>;

/** Rows of a store that were written within about a second, and its summary where that was made anew. */
export const StockEvent = Type.Object({
  store: Type.String(),
  items: Type.Array(StockItemView, { description: "rows as they stand now, by no order" }),
  gone: Type.Array(GoneItem, { description: "items that were retired" }),
  more: Type.Boolean({ description: "more rows changed than are listed: ask the API for the store again" }),
  summary: Type.Union([StoreView, Type.Null()]),
});
export type StockEvent = Static<typeof StockEvent>;

/** An upload that was received, moved on, or ended. `rejected` holds at most the first ten. */
export const ReceiptEvent = Type.Object({ receipt: Receipt });
export type ReceiptEvent = Static<typeof ReceiptEvent>;

/** Transitions of a store of which staff were told within about a second. */
export const AlertsEvent = Type.Object({
  store: Type.String(),
  alerts: Type.Array(AlertView),
  more: Type.Boolean({ description: "more were told than are listed: ask the API for the alerts again" }),
});
export type AlertsEvent = Static<typeof AlertsEvent>;

/** The events by their name in the stream. */
export interface LiveEvents {
  readonly stock: StockEvent;
  readonly receipt: ReceiptEvent;
  readonly alerts: AlertsEvent;
}
export type LiveEventName = keyof LiveEvents;
