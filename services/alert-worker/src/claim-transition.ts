import { type AttributeValue, ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { type AlertItem, expiresAt, RECORDS_DAYS } from "@stockwire/contracts/items";
import { dayOf } from "@stockwire/contracts/keys";
import { waiting } from "@stockwire/service-kit/errors";
import type { RecordedDays } from "@stockwire/service-kit/recorded-days";
import type { Transition } from "./read-transition.ts";

/**
 * How long a claim keeps others away: a digest's wait (5 s) and the SNS client's four attempts of up to 10 s.
 * A crashed worker's message comes back only after the queue's visibility timeout (60 s), so this delays nobody.
 */
export const LEASE_MILLISECONDS = 45_000;

export interface Claims {
  readonly dynamo: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly days: RecordedDays;
  readonly leaseMilliseconds: number;
}

/** The right to tell staff of one transition, until `until` (epoch milliseconds). */
export interface Claim {
  readonly transition: Transition;
  readonly until: number;
}

/**
 * Writes the transition's record unless it is there, or takes over one whose worker let its lease run out before
 * it recorded a publication. One conditional put does both, so of any number of workers exactly one wins.
 * @returns undefined when staff have been told already
 * @throws WorkError `waiting` while another worker's lease runs
 */
export const claimTransition = async (
  { dynamo, tableName, days, leaseMilliseconds }: Claims,
  transition: Transition,
): Promise<Claim | undefined> => {
  const now = Date.now();
  const until = now + leaseMilliseconds;
  const item = toAlertItem(transition, now, until);
  await days.remember(item.Day);
  try {
    await dynamo.send(
      new PutCommand({
        TableName: tableName,
        Item: item,
        ConditionExpression:
          "attribute_not_exists(StoreItem) OR (attribute_not_exists(PublishedAt) AND ClaimedUntil <= :now)",
        ExpressionAttributeValues: { ":now": now },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    return { transition, until };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const standing = readStanding(error.Item);
    if (standing.published) return undefined;
    const seconds = Math.ceil((standing.claimedUntil - now) / 1_000);
    throw waiting("claimed", "another worker is telling of this transition", Math.max(1, seconds));
  }
};

/** Ends a claim whose transition could not be told, so that the next attempt need not wait for the lease. */
export const releaseClaim = async ({ dynamo, tableName }: Claims, claim: Claim): Promise<void> => {
  await dynamo.send(
    new UpdateCommand({
      TableName: tableName,
      Key: { StoreItem: claim.transition.storeItem, Version: claim.transition.version },
      UpdateExpression: "SET ClaimedUntil = :never",
      ConditionExpression: "ClaimedUntil = :ours AND attribute_not_exists(PublishedAt)",
      ExpressionAttributeValues: { ":never": 0, ":ours": claim.until },
    }),
  );
};

const toAlertItem = (transition: Transition, now: number, claimedUntil: number): AlertItem => ({
  StoreItem: transition.storeItem,
  Version: transition.version,
  Store: transition.store,
  Item: transition.item,
  Kind: transition.kind,
  Count: transition.count,
  ...(transition.previous !== undefined && { Previous: transition.previous }),
  Message: transition.message,
  UploadId: transition.uploadId,
  At: transition.at,
  Day: dayOf(transition.at),
  ClaimedUntil: claimedUntil,
  ExpiresAt: expiresAt(now, RECORDS_DAYS),
});

/** The document client leaves the item inside the exception in DynamoDB's own notation. */
const readStanding = (item: Record<string, AttributeValue> | undefined) => ({
  published: item?.PublishedAt !== undefined,
  claimedUntil: Number(item?.ClaimedUntil?.N ?? 0),
});
