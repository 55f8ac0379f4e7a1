import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { StoreItem } from "@stockwire/contracts/items";
import { type FirstSummary, summariseStore } from "@stockwire/service-kit/stock/summarise-store";
import { forEachLimited } from "../for-each-limited.ts";

const PARALLEL_STORES = 8;

/** Writes the summaries of all stores that a load named, and tells of each that it wrote. */
export const summariseStores = (
  dynamo: DynamoDBDocumentClient,
  tables: { readonly Inventory: string; readonly Stores: string },
  stores: Iterable<string>,
  load: { readonly uploadId: string; readonly receivedAt: string },
  first: (store: string) => FirstSummary | undefined,
  onSummary: (summary: StoreItem) => void,
): Promise<void> =>
  forEachLimited(stores, PARALLEL_STORES, async (store) => {
    const summary = await summariseStore(dynamo, tables, store, load, first(store));
    if (summary !== undefined) onSummary(summary);
  });
