import { type Static, Type } from "typebox";

/** What the API shows of stock, in answers and in live events alike. */

export const LevelName = Type.Union([Type.Literal("ok"), Type.Literal("low"), Type.Literal("out")]);

export const StockItemView = Type.Object({
  item: Type.String(),
  count: Type.Integer(),
  level: LevelName,
  updatedAt: Type.String({ format: "date-time" }),
  uploadId: Type.String({ description: "the upload that wrote this row" }),
  line: Type.Integer({ description: "its line in that upload's file, from 1" }),
});
export type StockItemView = Static<typeof StockItemView>;

export const StoreView = Type.Object({
  store: Type.String(),
  items: Type.Integer(),
  outOfStock: Type.Integer({ description: "items with a count of 0" }),
  low: Type.Integer({ description: "items at or below their threshold, not those with a count of 0" }),
  lastLoadAt: Type.String({ format: "date-time" }),
  lastUploadId: Type.String(),
  revision: Type.Integer({ description: "counts up each time that the summary is made anew" }),
});
export type StoreView = Static<typeof StoreView>;

export const AlertView = Type.Object({
  store: Type.String(),
  item: Type.String(),
  kind: Type.Union([Type.Literal("out"), Type.Literal("back"), Type.Literal("low")]),
  count: Type.Integer(),
  previous: Type.Union([Type.Integer(), Type.Null()], { description: "null for an item that is new" }),
  message: Type.String({ description: "the sentence that staff got" }),
  at: Type.String({ format: "date-time", description: "when the row was written" }),
  publishedAt: Type.Union([Type.String({ format: "date-time" }), Type.Null()], {
    description: "null until the notification went out",
  }),
});
export type AlertView = Static<typeof AlertView>;
