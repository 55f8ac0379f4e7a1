import { paginateScan } from "@aws-sdk/lib-dynamodb";
import type { StoreItem } from "@stockwire/contracts/items";
import { Type } from "typebox";
import type { Principal } from "../access/principal.ts";
import { maySeeStore } from "../access/stores.ts";
import type { ApiContext } from "../context.ts";
import type { Page } from "./fill-page.ts";
import { partitionKeyText } from "./query-index.ts";

/** Position in the list of stores. */
export const StorePosition = Type.Object({ store: partitionKeyText }, { additionalProperties: false });

/**
 * The summaries of the stores that the caller may see, by name. A summary is some 150 bytes, so one read brings thousands: they are read whole and
 * sorted here, as a table without a sort key has no order.
 */
export const findStores = async (
  context: ApiContext,
  principal: Principal,
  limit: number,
  start: { readonly store: string } | undefined,
): Promise<Page<StoreItem, { store: string }>> => {
  const stores: StoreItem[] = [];
  const scan = paginateScan(
    { client: context.dynamo },
    { TableName: context.resources.tables.Stores, ConsistentRead: true },
  );
  for await (const { Items } of scan) stores.push(...((Items ?? []) as StoreItem[]));
  const behind = stores
    .filter(({ Store }) => maySeeStore(principal, Store) && (start === undefined || Store > start.store))
    .sort((a, b) => (a.Store < b.Store ? -1 : 1));
  const rows = behind.slice(0, limit);
  const last = rows.at(-1);
  return behind.length > limit && last ? { rows, next: { store: last.Store } } : { rows };
};
