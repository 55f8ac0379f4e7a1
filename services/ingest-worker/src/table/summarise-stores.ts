import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { StoreItem } from "@stockwire/contracts/items";
import { forEachLimited } from "../for-each-limited.ts";
import { backOff } from "./back-off.ts";

const PARALLEL_STORES = 8;
const MAX_TRIES = 10;

/**
 * Counts each store anew and writes its summary. Counted, never incremented: repeats and crashes cannot make it
 * drift. Whoever finds that another summary came in between counts again, so the last one written has seen
 * everything before it.
 */
export const summariseStores = (
  dynamo: DynamoDBDocumentClient,
  tables: { readonly Inventory: string; readonly Stores: string },
  stores: Iterable<string>,
  load: { readonly uploadId: string; readonly receivedAt: string },
): Promise<void> =>
  forEachLimited(stores, PARALLEL_STORES, async (store) => {
    let firstSeen: number | undefined;
    for (let tries = 1; ; tries++) {
      const { Item } = await dynamo.send(
        new GetCommand({ TableName: tables.Stores, Key: { Store: store }, ConsistentRead: true }),
      );
      const before = Item as StoreItem | undefined;
      const revision = before?.Revision ?? 0;
      firstSeen ??= revision;
      // Two summaries since: the second of them began to count after this load's rows stood in the table.
      if (revision >= firstSeen + 2) return;
      const counted = await countStore(dynamo, tables.Inventory, store);
      const newest = before !== undefined && before.LastLoadAt > load.receivedAt;
      const summary: StoreItem = {
        Store: store,
        ...counted,
        LastLoadAt: newest ? before.LastLoadAt : load.receivedAt,
        LastUploadId: newest ? before.LastUploadId : load.uploadId,
        Revision: revision + 1,
      };
      if (await put(dynamo, tables.Stores, summary)) return;
      await backOff(tries, MAX_TRIES, `summarising the store ${store}`);
    }
  });

const countStore = async (dynamo: DynamoDBDocumentClient, tableName: string, store: string) => {
  let items = 0;
  let outOfStock = 0;
  let start: Record<string, unknown> | undefined;
  do {
    const page = await dynamo.send(
      new QueryCommand({
        TableName: tableName,
        Select: "COUNT",
        ConsistentRead: true,
        KeyConditionExpression: "#store = :store",
        FilterExpression: "#level = :out",
        ExpressionAttributeNames: { "#store": "Store", "#level": "Level" },
        ExpressionAttributeValues: { ":store": store, ":out": "out" },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    items += page.ScannedCount ?? 0;
    outOfStock += page.Count ?? 0;
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return { Items: items, OutOfStock: outOfStock };
};

/** False when another summary came in between. */
const put = async (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  summary: StoreItem,
): Promise<boolean> => {
  try {
    await dynamo.send(
      new PutCommand({
        TableName: tableName,
        Item: summary,
        ConditionExpression: "attribute_not_exists(Revision) OR Revision = :before",
        ExpressionAttributeValues: { ":before": summary.Revision - 1 },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};
