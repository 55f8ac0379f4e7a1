import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expiresAt, LOADS_DAYS } from "@stockwire/contracts/items";
import { compositeKey } from "@stockwire/contracts/keys";
import type { Transition } from "./read-transition.ts";

/** Transitions of one load and kind that staff are told of at once, each by itself. */
const SINGLES = 3;
/** Loads and kinds whose places are all taken, remembered by this process with who has them. */
const REMEMBERED = 10_000;

/**
 * Decides whether a transition is among the first three of its load and kind. The places are one item a load and
 * kind in the table Alerts, so that they hold across workers; a transition that has a place keeps it when it is
 * delivered again. Who has the places no longer changes once all are taken, so this process need not ask again: a
 * large load does not hammer one item. The item has neither Day nor Store and so stays out of the indexes.
 */
export const createSlotTaker = (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
): ((transition: Transition) => Promise<boolean>) => {
  const full = new Map<string, ReadonlySet<string>>();
  return async ({ storeItem, uploadId, kind }) => {
    const key = compositeKey(uploadId, kind);
    const taken = full.get(key);
    if (taken !== undefined) return taken.has(storeItem);
    try {
      await dynamo.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { StoreItem: compositeKey("", "slots", uploadId), Version: kind },
          UpdateExpression: "ADD StoreItems :self SET ExpiresAt = if_not_exists(ExpiresAt, :expires)",
          ConditionExpression:
            "attribute_not_exists(StoreItems) OR size(StoreItems) < :singles OR contains(StoreItems, :storeItem)",
          ExpressionAttributeValues: {
            ":self": new Set([storeItem]),
            ":storeItem": storeItem,
            ":singles": SINGLES,
            ":expires": expiresAt(Date.now(), LOADS_DAYS),
          },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // In DynamoDB's own notation: the document client does not translate what an exception holds.
      remember(full, key, new Set(error.Item?.StoreItems?.SS));
      return false;
    }
  };
};

const remember = (full: Map<string, ReadonlySet<string>>, key: string, taken: ReadonlySet<string>): void => {
  full.set(key, taken);
  if (full.size <= REMEMBERED) return;
  for (const oldest of full.keys()) {
    full.delete(oldest);
    return;
  }
};
