import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expiresAt, LOADS_DAYS } from "@stockwire/contracts/items";
import { compositeKey } from "@stockwire/contracts/keys";
import type { Transition } from "./read-transition.ts";

/** Transitions of one load and kind that staff are told of at once, each by itself. */
const SINGLES = 3;
/** Loads whose places are known to be taken, remembered by this process. */
const REMEMBERED = 10_000;

/**
 * Decides whether a transition is among the first three of its load and kind. The places are one item a load and
 * kind in the table Alerts, so that they hold across workers; a transition that has a place keeps it when it is
 * delivered again. The item has neither Day nor Store and so stays out of the indexes.
 */
export const createSlotTaker = (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
): ((transition: Transition) => Promise<boolean>) => {
  const full = new Set<string>();
  return async ({ storeItem, uploadId, kind }) => {
    const key = compositeKey(uploadId, kind);
    if (full.has(key)) return false;
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
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      remember(full, key);
      return false;
    }
  };
};

const remember = (full: Set<string>, key: string): void => {
  full.add(key);
  if (full.size <= REMEMBERED) return;
  for (const oldest of full) {
    full.delete(oldest);
    return;
  }
};
