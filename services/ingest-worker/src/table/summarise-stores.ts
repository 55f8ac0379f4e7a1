import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { summariseStore } from "@stockwire/service-kit/stock/summarise-store";
import { forEachLimited } from "../for-each-limited.ts";

const PARALLEL_STORES = 8;

/** Writes the summaries of all stores that a load named. */
export const summariseStores = (
  dynamo: DynamoDBDocumentClient,
  tables: { readonly Inventory: string; readonly Stores: string },
  stores: Iterable<string>,
  load: { readonly uploadId: string; readonly receivedAt: string },
): Promise<void> =>
  forEachLimited(stores, PARALLEL_STORES, (store) => summariseStore(dynamo, tables, store, load));
