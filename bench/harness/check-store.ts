import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { ITEMS_A_PAGE } from "@stockwire/service-kit/stock/items-a-page";
import { type CountOf, itemOf } from "./make-stock.ts";

/**
 * Reads back what a file of `stockCsv` has left.
 * @throws Error unless the table has exactly so many rows of the store, each with the count that it should have
 */
export const checkStore = async (
  dynamo: DynamoDBDocumentClient,
  environment: Readonly<Record<string, string>>,
  store: string,
  rows: number,
  count: CountOf,
): Promise<void> => {
  const found = new Set<string>();
  let start: Record<string, unknown> | undefined;
  do {
    const page = await dynamo.send(
      new QueryCommand({
        TableName: environment.TABLE_INVENTORY,
        ConsistentRead: true,
        KeyConditionExpression: "#store = :store",
        ProjectionExpression: "#item, #count",
        ExpressionAttributeNames: { "#store": "Store", "#item": "Item", "#count": "Count" },
        ExpressionAttributeValues: { ":store": store },
        Limit: ITEMS_A_PAGE,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const { Item, Count } of page.Items ?? []) {
      const wanted = count(Number(String(Item).split(" ").at(-1)));
      if (Count !== wanted) throw new Error(`${store} has ${Count} of ${Item}, should be ${wanted}`);
      found.add(Item);
    }
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  const missing = Array.from({ length: rows }, (_, row) => itemOf(row)).find((item) => !found.has(item));
  if (missing !== undefined || found.size !== rows) {
    throw new Error(`${store} has ${found.size} rows, should be ${rows}; ${missing ?? "none"} is missing`);
  }
};
