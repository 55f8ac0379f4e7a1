import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { expiresAt, LOADS_DAYS, type LoadItem, type UploadItem } from "@stockwire/contracts/items";
import { compositeKey, KEY_SEPARATOR } from "@stockwire/contracts/keys";

/** Sort key of the item with a store's open versions; sorts before every version. */
const OPEN = `${KEY_SEPARATOR}open`;
const LATEST_ENTRIES = 4;

/** The order protocol's requests to the table Loads (docs/decisions/0001-order-protocol.md), one function each. */
export const createLedgerSteps = (
  dynamo: DynamoDBDocumentClient,
  TableName: string,
  thresholdsTable: string,
) => ({
  /** Lock, entry and mark in one transaction; all stay as they are where an earlier delivery has made them. */
  register: async (Store: string, receipt: UploadItem): Promise<void> => {
    const { Version, Bucket, Key, ETag = "", VersionId, Sha256 = "", Mode } = receipt;
    const Item: LoadItem = {
      Store,
      Version,
      State: "open",
      Content: compositeKey(Sha256, Mode, ""),
      Bucket,
      Key,
      ETag,
      ...(VersionId !== undefined && { VersionId }),
      ExpiresAt: expiresAt(Date.now(), LOADS_DAYS),
    };
    const entry = { TableName, Item, ConditionExpression: "attribute_not_exists(Version)" };
    const lock = {
      TableName,
      Item: {
        Store: compositeKey("", "content", Item.Content),
        Version: `${KEY_SEPARATOR}lock`,
        Holder: receipt.UploadId,
        ExpiresAt: Item.ExpiresAt,
      },
      ConditionExpression: "attribute_not_exists(Holder) OR Holder = :me",
      ExpressionAttributeValues: { ":me": receipt.UploadId },
    };
    const mark = {
      TableName,
      Key: { Store, Version: OPEN },
      UpdateExpression: "ADD Versions :version",
      ExpressionAttributeValues: { ":version": new Set([Version]) },
    };
    try {
      await dynamo.send(
        new TransactWriteCommand({ TransactItems: [{ Put: entry }, { Put: lock }, { Update: mark }] }),
      );
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      if (error.CancellationReasons?.[0]?.Code !== "ConditionalCheckFailed") throw error;
    }
  },

  /** Together with the store's thresholds. @returns versions */
  readOpen: async (Store: string): Promise<Iterable<string>> => {
    const { Responses = {} } = await dynamo.send(
      new BatchGetCommand({
        RequestItems: {
          [TableName]: { Keys: [{ Store, Version: OPEN }], ConsistentRead: true },
          [thresholdsTable]: { Keys: [{ Store }], ConsistentRead: true },
        },
      }),
    );
    return (Responses[TableName]?.[0]?.Versions ?? []) as Iterable<string>;
  },

  /** @returns versions, the newest first */
  readEntries: async (store: string): Promise<string[]> => {
    const { Items = [] } = await dynamo.send(
      new QueryCommand({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: "#store = :store AND #version > :open",
        ExpressionAttributeNames: { "#store": "Store", "#version": "Version" },
        ExpressionAttributeValues: { ":store": store, ":open": OPEN },
        ScanIndexForward: false,
        Limit: LATEST_ENTRIES,
      }),
    );
    return Items.map(({ Version }) => Version as string);
  },

  /** The entry first: who is not seen as open has closed it. */
  close: async (Store: string, Version: string, written: number): Promise<void> => {
    await dynamo.send(
      new UpdateCommand({
        TableName,
        Key: { Store, Version },
        UpdateExpression: "SET #state = :finished, Written = :written",
        ExpressionAttributeNames: { "#state": "State" },
        ExpressionAttributeValues: { ":finished": "finished", ":written": written },
      }),
    );
    await dynamo.send(
      new UpdateCommand({
        TableName,
        Key: { Store, Version: OPEN },
        UpdateExpression: "DELETE Versions :version",
        ExpressionAttributeValues: { ":version": new Set([Version]) },
      }),
    );
  },
});
