import {
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  QueryCommand,
  type QueryCommandInput,
} from "@aws-sdk/lib-dynamodb";
import type { LoadItem } from "@stockwire/contracts/items";
import { KEY_SEPARATOR } from "@stockwire/contracts/keys";

/** Questions to the ledger about one store; every answer is strongly consistent. */
export interface LedgerQueries {
  readonly readEntry: (store: string, version: string) => Promise<LoadItem | undefined>;
  /** The entries from this version on, and the nearest older one; in any order. */
  readonly readFromNearestOlder: (store: string, version: string) => Promise<LoadItem[]>;
  /** Whether an older load of the store began only when this one, or a newer one, had begun. */
  readonly hasOvertaken: (store: string, version: string) => Promise<boolean>;
}

/** Sort key of the item with a store's open versions; sorts before every version. */
export const OPEN_VERSIONS = `${KEY_SEPARATOR}open`;
/** About a kilobyte: no more than one read unit. */
const LATEST_ENTRIES = 4;

export const createLedgerQueries = (dynamo: DynamoDBDocumentClient, tableName: string): LedgerQueries => {
  return { readEntry, readFromNearestOlder, hasOvertaken };

  /** Reads all of a store's older entries, and keeps none of them: an undoing is rare. */
  async function hasOvertaken(store: string, version: string): Promise<boolean> {
    const pages = paginateQuery(
      { client: dynamo },
      {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: "#store = :store AND #version < :version",
        FilterExpression: "OvertakenBy >= :version",
        ProjectionExpression: "#version",
        ExpressionAttributeNames: { "#store": "Store", "#version": "Version" },
        ExpressionAttributeValues: { ":store": store, ":version": version },
      },
    );
    for await (const { Items = [] } of pages) if (Items.length > 0) return true;
    return false;
  }

  async function readEntry(store: string, version: string): Promise<LoadItem | undefined> {
    const { Item } = await dynamo.send(
      new GetCommand({
        TableName: tableName,
        Key: { Store: store, Version: version },
        ConsistentRead: true,
      }),
    );
    return Item as LoadItem | undefined;
  }

  /** The entries from this version on, and the nearest older one; in any order. */
  async function readFromNearestOlder(store: string, version: string): Promise<LoadItem[]> {
    // Most loads are the newest of their store, or nearly: then one short page has it all.
    const latest = await queryPage(store, "#version > :version", OPEN_VERSIONS, {
      ScanIndexForward: false,
      Limit: LATEST_ENTRIES,
    });
    const older = latest.items.findIndex((item) => item.Version < version);
    if (older >= 0) return latest.items.slice(0, older + 1);
    if (latest.next === undefined) return latest.items;
    const [nearest, fromHere] = await Promise.all([
      queryPage(store, "#version < :version", version, { ScanIndexForward: false, Limit: 1 }),
      queryAll(store, "#version >= :version", version),
    ]);
    return [...nearest.items, ...fromHere].filter((item) => item.Version !== OPEN_VERSIONS);
  }

  async function queryAll(store: string, condition: string, version: string): Promise<LoadItem[]> {
    const items: LoadItem[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await queryPage(store, condition, version, { ExclusiveStartKey: start });
      items.push(...page.items);
      start = page.next;
    } while (start !== undefined);
    return items;
  }

  async function queryPage(
    store: string,
    condition: string,
    version: string,
    options: Pick<QueryCommandInput, "ScanIndexForward" | "Limit" | "ExclusiveStartKey">,
  ): Promise<{ readonly items: LoadItem[]; readonly next: Record<string, unknown> | undefined }> {
    const { Items = [], LastEvaluatedKey } = await dynamo.send(
      new QueryCommand({
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: `#store = :store AND ${condition}`,
        ExpressionAttributeNames: { "#store": "Store", "#version": "Version" },
        ExpressionAttributeValues: { ":store": store, ":version": version },
        ...options,
      }),
    );
    return { items: Items as LoadItem[], next: LastEvaluatedKey };
  }
};
