import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { StoreItem } from "@stockwire/contracts/items";
import { backOff } from "../back-off.ts";
import type { KeyedRead } from "../read-together.ts";
import { ITEMS_A_PAGE } from "./items-a-page.ts";

const MAX_TRIES = 10;

/** The summary that stood when the caller's changes did; absent where there was none. */
export interface FirstSummary {
  readonly summary: StoreItem | undefined;
}

/** The summaries of some stores, to be read together with something else. */
export const summariesOf = (
  tableName: string,
  stores: Iterable<string>,
): KeyedRead<ReadonlyMap<string, StoreItem>> => ({
  tableName,
  keys: [...stores].map((store) => ({ Store: store })),
  toResult: (items) => new Map((items as unknown as StoreItem[]).map((item) => [item.Store, item])),
});

/**
 * Counts a store anew and writes its summary. Counted, never incremented: repeats and crashes cannot make it drift.
 * Whoever finds that another summary came in between counts again, so the last one written has seen everything
 * before it.
 * @returns the summary that was written; undefined where others wrote one that has seen the caller's changes
 * @param load what changed the store; undefined where only levels moved: a store without a load gets no summary then
 * @param first read when the caller's last change stood; read here where it is left out
 */
export const summariseStore = async (
  dynamo: DynamoDBDocumentClient,
  tables: { readonly Inventory: string; readonly Stores: string },
  store: string,
  load: { readonly uploadId: string; readonly receivedAt: string } | undefined,
  first?: FirstSummary,
): Promise<StoreItem | undefined> => {
  let firstSeen: number | undefined;
  for (let tries = 1; ; tries++) {
    const isKnown = tries === 1 && first !== undefined;
    const before = isKnown ? first.summary : await readSummary(dynamo, tables.Stores, store);
    const revision = before?.Revision ?? 0;
    firstSeen ??= revision;
    // Two summaries since: the second of them began to count after the caller's changes stood in the table.
    if (revision >= firstSeen + 2) return undefined;
    const last = lastLoad(before, load);
    if (last === undefined) return undefined;
    const counted = await countStore(dynamo, tables.Inventory, store);
    const summary = { Store: store, ...counted, ...last, Revision: revision + 1 };
    if (await put(dynamo, tables.Stores, summary)) return summary;
    await backOff(tries, MAX_TRIES, `summarising the store ${store}`);
  }
};

const readSummary = async (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  store: string,
): Promise<StoreItem | undefined> => {
  const { Item } = await dynamo.send(
    new GetCommand({ TableName: tableName, Key: { Store: store }, ConsistentRead: true }),
  );
  return Item as StoreItem | undefined;
};

const lastLoad = (
  before: StoreItem | undefined,
  load: { readonly uploadId: string; readonly receivedAt: string } | undefined,
): Pick<StoreItem, "LastLoadAt" | "LastUploadId"> | undefined => {
  if (before !== undefined && (load === undefined || before.LastLoadAt > load.receivedAt)) {
    return { LastLoadAt: before.LastLoadAt, LastUploadId: before.LastUploadId };
  }
  return load && { LastLoadAt: load.receivedAt, LastUploadId: load.uploadId };
};

const countStore = async (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  store: string,
): Promise<Pick<StoreItem, "Items" | "OutOfStock" | "Low">> => {
  let items = 0;
  const levels = { out: 0, low: 0, retired: 0 };
  let start: Record<string, unknown> | undefined;
  do {
    // Most items are ok: they are counted without being sent.
    const page = await dynamo.send(
      new QueryCommand({
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: "#store = :store",
        FilterExpression: "#level IN (:out, :low, :retired)",
        ProjectionExpression: "#level",
        ExpressionAttributeNames: { "#store": "Store", "#level": "Level" },
        ExpressionAttributeValues: {
          ":store": store,
          ":out": "out",
          ":low": "low",
          ":retired": "retired",
        },
        Limit: ITEMS_A_PAGE,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    items += page.ScannedCount ?? 0;
    for (const { Level } of (page.Items ?? []) as { Level: keyof typeof levels }[]) levels[Level] += 1;
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return { Items: items - levels.retired, OutOfStock: levels.out, Low: levels.low };
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
