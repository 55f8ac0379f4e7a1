import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { ThresholdsItem } from "@stockwire/contracts/items";
import { backOff } from "../back-off.ts";

export interface ThresholdsTable {
  /** Strongly consistent; undefined where none were ever set. */
  readonly get: (store: string) => Promise<ThresholdsItem | undefined>;
  /** The same for many stores; those without any are left out. */
  readonly getMany: (stores: Iterable<string>) => Promise<ReadonlyMap<string, ThresholdsItem>>;
  /**
   * Replaces a store's thresholds whole.
   * @param expectedRevision replaces only that one (0: only where there are none); undefined: whichever stands
   * @returns what stands now; undefined where another revision stood
   */
  readonly replace: (
    store: string,
    wanted: Pick<ThresholdsItem, "Items"> & { readonly Default: number | undefined },
    expectedRevision: number | undefined,
  ) => Promise<ThresholdsItem | undefined>;
  /** Notes that every level of the store is set by this revision; does nothing where there is a newer one. */
  readonly markSettled: (store: string, revision: number) => Promise<void>;
}

/** Items are up to 300 KB and an answer 16 MB: DynamoDB hands the rest back as unprocessed. */
const KEYS_PER_READ = 100;
const MAX_TRIES = 10;

export const createThresholdsTable = (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
): ThresholdsTable => ({
  get: async (store) => {
    const { Item } = await dynamo.send(
      new GetCommand({ TableName: tableName, Key: { Store: store }, ConsistentRead: true }),
    );
    return Item as ThresholdsItem | undefined;
  },
  getMany: async (stores) => {
    const found = new Map<string, ThresholdsItem>();
    const keys = [...stores].map((store): Record<string, unknown> => ({ Store: store }));
    for (let start = 0; start < keys.length; start += KEYS_PER_READ) {
      let wanted = keys.slice(start, start + KEYS_PER_READ);
      for (let tries = 1; wanted.length > 0; ) {
        const { Responses, UnprocessedKeys } = await dynamo.send(
          new BatchGetCommand({ RequestItems: { [tableName]: { Keys: wanted, ConsistentRead: true } } }),
        );
        const items = (Responses?.[tableName] ?? []) as ThresholdsItem[];
        for (const item of items) found.set(item.Store, item);
        wanted = UnprocessedKeys?.[tableName]?.Keys ?? [];
        // An answer that was only full is no sign of throttling.
        tries = items.length > 0 ? 1 : tries + 1;
        if (wanted.length > 0 && items.length === 0) await backOff(tries, MAX_TRIES, "reading thresholds");
      }
    }
    return found;
  },
  replace: async (store, { Default, Items }, expectedRevision) => {
    try {
      const { Attributes } = await dynamo.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { Store: store },
          UpdateExpression:
            "SET #items = :items, UpdatedAt = :now" +
            (Default === undefined ? " REMOVE #default" : ", #default = :default") +
            " ADD Revision :one",
          ...(expectedRevision !== undefined && {
            ConditionExpression:
              expectedRevision === 0 ? "attribute_not_exists(Revision)" : "Revision = :expected",
          }),
          ExpressionAttributeNames: { "#items": "Items", "#default": "Default" },
          ExpressionAttributeValues: {
            // As an object, an item that is called `constructor` would be taken for its class.
            ":items": new Map(Object.entries(Items)),
            ":now": new Date().toISOString(),
            ":one": 1,
            ...(Default !== undefined && { ":default": Default }),
            ...(expectedRevision && { ":expected": expectedRevision }),
          },
          ReturnValues: "ALL_NEW",
        }),
      );
      return Attributes as ThresholdsItem;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  },
  markSettled: async (store, revision) => {
    try {
      await dynamo.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { Store: store },
          UpdateExpression: "SET SettledRevision = :revision",
          ConditionExpression: "Revision = :revision",
          ExpressionAttributeValues: { ":revision": revision },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  },
});

/** The count at or below which an item is low; undefined: it never is. */
export const thresholdOf = (thresholds: ThresholdsItem | undefined, item: string): number | undefined => {
  if (thresholds === undefined) return undefined;
  if (Object.hasOwn(thresholds.Items, item)) return thresholds.Items[item] ?? undefined;
  return thresholds.Default;
};
