import { type TSchema, Type } from "typebox";
import { encodeCursor } from "../cursor.ts";
import type { Page } from "../queries/fill-page.ts";

/** Schemas that several routes share. */

export const UploadParameters = Type.Object({
  uploadId: Type.String({ description: "as answered to the upload" }),
});

export const cursorParameter = Type.Optional(
  Type.String({ minLength: 1, maxLength: 4_096, description: "the cursor of the page before, unchanged" }),
);

export const limitParameter = (byDefault: number, maximum: number) =>
  Type.Integer({ minimum: 1, maximum, default: byDefault, description: "how many a page has at most" });

export const storeParameter = (description: string) =>
  Type.String({ minLength: 1, maxLength: 512, description });

/** A page of a list: no cursor at the end. */
export const pageOf = <Item extends TSchema>(item: Item, description: string) =>
  Type.Object({ items: Type.Array(item), cursor: Type.Optional(Type.String()) }, { description });

/** Renders a page of rows as `pageOf` describes it. */
export const toPage = <Row, Item>(
  page: Page<Row, unknown>,
  toItem: (row: Row) => Item,
): { items: Item[]; cursor?: string } => ({
  items: page.rows.map(toItem),
  ...(page.next !== undefined && { cursor: encodeCursor(page.next) }),
});

/** A file as a response body. */
export const fileResponse = (description: string) => ({
  description,
  content: { "text/csv": { schema: { type: "string", format: "binary" } } },
});
