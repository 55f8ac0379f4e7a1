import { GetCommand } from "@aws-sdk/lib-dynamodb";
import type { InventoryItem } from "@stockwire/contracts/items";
import type { Level } from "@stockwire/contracts/level";
import { type Static, Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { fillPage, type Page } from "./fill-page.ts";
import { type ItemKey, queryIndex, sortKeyText } from "./query-index.ts";

/** Position in a store's list. */
export const InventoryPosition = Type.Object({ Item: sortKeyText }, { additionalProperties: false });

const queryOf = (context: ApiContext, store: string, level: Level | undefined) => ({
  tableName: context.resources.tables.Inventory,
  partition: { name: "Store", value: store },
  filter: { Level: level },
  newestFirst: false,
  keyNames: ["Item"],
});

/** A store's items by name, strongly consistent: a loaded file shows at once. */
export const findInventory = (
  context: ApiContext,
  store: string,
  level: Level | undefined,
  limit: number,
  start: Static<typeof InventoryPosition> | undefined,
): Promise<Page<VisibleItem, unknown>> => {
  const query = queryOf(context, store, level);
  return fillPage<VisibleItem, ItemKey>({
    limit,
    start,
    read: async (from, wanted) => {
      const { found, next } = await queryIndex<InventoryItem>(context.dynamo, query, from, wanted);
      return {
        found: found.flatMap(({ row, after }) => (isVisible(row) ? [{ row, after }] : [])),
        ...(next !== undefined && { next }),
      };
    },
  });
};

/** An item that has not been retired. */
export type VisibleItem = InventoryItem & { readonly Level: Level };

const isVisible = (item: InventoryItem): item is VisibleItem => item.Level !== "retired";

/** True when the store has an item, or had a load. */
export const storeExists = async (context: ApiContext, store: string): Promise<boolean> => {
  const { Item } = await context.dynamo.send(
    new GetCommand({
      TableName: context.resources.tables.Stores,
      Key: { Store: store },
      ConsistentRead: true,
    }),
  );
  if (Item) return true;
  const { found } = await queryIndex(context.dynamo, queryOf(context, store, undefined), undefined, 1);
  return found.length > 0;
};
