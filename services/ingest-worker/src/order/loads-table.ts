import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expiresAt, LOADS_DAYS, type LoadItem } from "@stockwire/contracts/items";
import { parseUploadVersion } from "@stockwire/contracts/keys";
import type { ObjectReference } from "../file/read-object.ts";
import { forEachLimited } from "../for-each-limited.ts";
import type { LedgerEntry } from "./load-order.ts";

/** One load's claim on a store, with where its file is. */
export interface LoadEntry extends LedgerEntry {
  readonly object: ObjectReference;
  readonly storeRestriction: string | undefined;
  /** What the finished load did; zero until then. */
  readonly written: number;
  readonly unchanged: number;
  readonly stale: number;
}

export interface LoadToRegister {
  readonly version: string;
  readonly content: string;
  readonly object: ObjectReference;
  readonly storeRestriction: string | undefined;
}

export interface LoadCounts {
  readonly written: number;
  readonly unchanged: number;
  readonly stale: number;
}

export interface LoadsTable {
  /** Opens an entry for each store; one that is there already, open or not, stays as it is. */
  readonly register: (stores: Iterable<string>, load: LoadToRegister) => Promise<void>;
  /** Every entry of each store, strongly consistent. */
  readonly read: (stores: Iterable<string>) => Promise<Map<string, LoadEntry[]>>;
  readonly finish: (stores: Iterable<string>, version: string, counts: LoadCounts) => Promise<void>;
  readonly finishAsDuplicate: (stores: Iterable<string>, version: string, of: string) => Promise<void>;
}

const PARALLEL_STORES = 16;

export const createLoadsTable = (dynamo: DynamoDBDocumentClient, tableName: string): LoadsTable => {
  const close = (store: string, version: string, expression: string, values: Record<string, unknown>) =>
    dynamo.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { Store: store, Version: version },
        UpdateExpression: `SET #state = :state, ${expression}`,
        ExpressionAttributeNames: { "#state": "State" },
        ExpressionAttributeValues: values,
      }),
    );
  return {
    register: (stores, load) =>
      forEachLimited(stores, PARALLEL_STORES, async (store) => {
        const item: LoadItem = {
          Store: store,
          Version: load.version,
          State: "open",
          Content: load.content,
          Bucket: load.object.bucket,
          Key: load.object.key,
          ETag: load.object.etag,
          ...(load.object.versionId !== undefined && { VersionId: load.object.versionId }),
          ...(load.storeRestriction !== undefined && { StoreRestriction: load.storeRestriction }),
          ExpiresAt: expiresAt(Date.now(), LOADS_DAYS),
        };
        try {
          await dynamo.send(
            new PutCommand({
              TableName: tableName,
              Item: item,
              ConditionExpression: "attribute_not_exists(Version)",
            }),
          );
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      }),
    read: async (stores) => {
      const found = new Map<string, LoadEntry[]>();
      await forEachLimited(stores, PARALLEL_STORES, async (store) => {
        const entries: LoadEntry[] = [];
        let start: Record<string, unknown> | undefined;
        do {
          const page = await dynamo.send(
            new QueryCommand({
              TableName: tableName,
              ConsistentRead: true,
              KeyConditionExpression: "#store = :store",
              ExpressionAttributeNames: { "#store": "Store" },
              ExpressionAttributeValues: { ":store": store },
              ...(start && { ExclusiveStartKey: start }),
            }),
          );
          for (const item of page.Items ?? []) entries.push(toEntry(item as LoadItem));
          start = page.LastEvaluatedKey;
        } while (start !== undefined);
        found.set(store, entries);
      });
      return found;
    },
    finish: (stores, version, counts) =>
      forEachLimited(stores, PARALLEL_STORES, (store) =>
        close(store, version, "Written = :written, Unchanged = :unchanged, Stale = :stale", {
          ":state": "finished",
          ":written": counts.written,
          ":unchanged": counts.unchanged,
          ":stale": counts.stale,
        }),
      ),
    finishAsDuplicate: (stores, version, of) =>
      forEachLimited(stores, PARALLEL_STORES, (store) =>
        close(store, version, "DuplicateOf = :of", { ":state": "duplicate", ":of": of }),
      ),
  };
};

const toEntry = (item: LoadItem): LoadEntry => ({
  version: item.Version,
  state: item.State,
  content: item.Content,
  uploadId: parseUploadVersion(item.Version).uploadId,
  givenUp: false,
  ...(item.DuplicateOf !== undefined && { duplicateOf: item.DuplicateOf }),
  object: {
    bucket: item.Bucket,
    key: item.Key,
    etag: item.ETag,
    ...(item.VersionId !== undefined && { versionId: item.VersionId }),
  },
  storeRestriction: item.StoreRestriction,
  written: item.Written ?? 0,
  unchanged: item.Unchanged ?? 0,
  stale: item.Stale ?? 0,
});
