import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expiresAt, LOADS_DAYS } from "@stockwire/contracts/items";
import { compositeKey } from "@stockwire/contracts/keys";
import { gather } from "@stockwire/service-kit/gather";
import { createLimiter } from "@stockwire/service-kit/limiter";
import type { Transition } from "./read-transition.ts";

/** Transitions of one load and kind that staff are told of at once, each by itself. */
const SINGLES = 3;
/** Loads and kinds whose places are all taken, remembered by this process with who has them. */
const REMEMBERED = 10_000;

/**
 * Decides whether a transition is among the first three of its load and kind. The places are one item a load and
 * kind in the table Alerts, so that they hold across workers; a transition that has a place keeps it when it is
 * delivered again. Who has the places no longer changes once all are taken, so this process need not ask again: a
 * large load does not hammer one item. Those who ask in the same moment are placed by one request, if there is room
 * for them. The item has neither Day nor Store and so stays out of the indexes.
 */
export const createSlotTaker = (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
): ((transition: Transition) => Promise<boolean>) => {
  const full = new Map<string, ReadonlySet<string>>();
  const known = (transition: Transition) => full.get(keyOf(transition))?.has(transition.storeItem);

  /** Takes places for all of these transitions (three at most) of the load and kind, or for none of them. */
  const take = async (of: Transition, storeItems: readonly string[]): Promise<boolean> => {
    const names = storeItems.map((_, index) => `:storeItem${index}`);
    try {
      await dynamo.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { StoreItem: compositeKey("", "slots", of.uploadId), Version: of.kind },
          UpdateExpression: "ADD StoreItems :these SET ExpiresAt = if_not_exists(ExpiresAt, :expires)",
          ConditionExpression: `attribute_not_exists(StoreItems) OR size(StoreItems) <= :others OR (${names
            .map((name) => `contains(StoreItems, ${name})`)
            .join(" AND ")})`,
          ExpressionAttributeValues: {
            ":these": new Set(storeItems),
            ":others": SINGLES - storeItems.length,
            ":expires": expiresAt(Date.now(), LOADS_DAYS),
            ...Object.fromEntries(names.map((name, index) => [name, storeItems[index]])),
          },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      if (storeItems.length === SINGLES) remember(full, keyOf(of), new Set(storeItems));
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // In DynamoDB's own notation: the document client does not translate what an exception holds.
      const taken = new Set(error.Item?.StoreItems?.SS);
      if (taken.size >= SINGLES) remember(full, keyOf(of), taken);
      return false;
    }
  };

  const takeAll = (transitions: readonly Transition[]): Promise<boolean>[] => {
    const first = [...new Set(transitions.map(({ storeItem }) => storeItem))].slice(0, SINGLES);
    const together = take(transitions[0] as Transition, first);
    // Where some have places and some have none; from a refusal on, who has them is known.
    const oneByOne = createLimiter(1);
    return transitions.map(async (transition) => {
      if ((await together) && first.includes(transition.storeItem)) return true;
      return oneByOne(async () => known(transition) ?? take(transition, [transition.storeItem]));
    });
  };
  const takeWithOthers = gather(takeAll, { groupOf: keyOf });
  return async (transition) => known(transition) ?? takeWithOthers(transition);
};

const keyOf = ({ uploadId, kind }: Transition): string => compositeKey(uploadId, kind);

const remember = (full: Map<string, ReadonlySet<string>>, key: string, taken: ReadonlySet<string>): void => {
  full.set(key, taken);
  if (full.size <= REMEMBERED) return;
  for (const oldest of full.keys()) {
    full.delete(oldest);
    return;
  }
};
