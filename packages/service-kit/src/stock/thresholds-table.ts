import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { ThresholdsItem } from "@stockwire/contracts/items";
import type { KeyedRead } from "../read-together.ts";

export interface ThresholdsTable {
  /** Strongly consistent; undefined where none were ever set. */
  readonly get: (store: string) => Promise<ThresholdsItem | undefined>;
  /** The same for many stores, to be read alone or together with something else. */
  readonly of: (stores: Iterable<string>) => KeyedRead<ReadonlyMap<string, ThresholdsItem>>;
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
  of: (stores) => ({
    tableName,
    keys: [...stores].map((store) => ({ Store: store })),
    toResult: (items) => new Map((items as unknown as ThresholdsItem[]).map((item) => [item.Store, item])),
  }),
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
