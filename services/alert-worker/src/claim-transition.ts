import { type AttributeValue, ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { type AlertItem, expiresAt } from "@stockwire/contracts/items";
import { compositeKey, dayOf } from "@stockwire/contracts/keys";
import { waiting } from "@stockwire/service-kit/errors";
import type { RecordedDays } from "@stockwire/service-kit/recorded-days";
import type { Batches } from "./batch-statements.ts";
import type { Transition } from "./read-transition.ts";

/**
 * How long a claim keeps others away. The longest wait for a digest (15 s) leaves 25 s for SNS, after which a
 * publication is given up; see `publishBy`. A crashed worker's message comes back only after the queue's
 * visibility timeout (60 s), so this delays nobody.
 */
export const LEASE_MILLISECONDS = 45_000;

export interface Claims {
  readonly dynamo: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly days: RecordedDays;
  readonly batches: Batches;
  readonly leaseMilliseconds: number;
  /** Days that an alert is kept. */
  readonly alertDays: number;
}

/** The right to tell staff of one transition. */
export interface Claim {
  readonly transition: Transition;
  /** Epoch milliseconds; from then on another worker may take over. */
  readonly until: number;
  /**
   * Epoch milliseconds by which a publication has to be over, answered or not: the last tenth of the lease is for
   * writing it down, and for clocks that differ.
   */
  readonly publishBy: number;
}

/**
 * Writes the transition's record unless it is there, or takes over one whose worker let its lease run out before
 * it recorded a publication. Where several transitions are claimed in the same moment their records are inserted
 * together; one whose record is there, or which is alone, goes by itself.
 * @returns undefined when staff have been told already
 * @throws WorkError `waiting` while another worker's lease runs
 */
export const claimTransition = async (claims: Claims, transition: Transition): Promise<Claim | undefined> => {
  await claims.days.remember(dayOf(transition.at));
  return (await insertWithOthers(claims, transition)) ?? (await claimAlone(claims, transition));
};

/** An insert fails where there is a record, so of any number of workers one wins at most. */
const insertWithOthers = async (claims: Claims, transition: Transition): Promise<Claim | undefined> => {
  const now = Date.now();
  const claim = beginClaim(claims, transition, now);
  const item = toAlertItem(transition, claim.until, expiresAt(now, claims.alertDays));
  const attributes = Object.keys(item).map((name) => `'${name}':?`);
  const isOurs = await claims.batches.claim({
    key: compositeKey(item.StoreItem, item.Version),
    text: `INSERT INTO "${claims.tableName}" VALUE {${attributes.join(",")}}`,
    parameters: Object.values(item),
  });
  return isOurs ? claim : undefined;
};

/**
 * One conditional update claims and takes over, so of any number of workers exactly one wins; a put would do so too,
 * but forget the failures counted in the record.
 */
const claimAlone = async (claims: Claims, transition: Transition): Promise<Claim | undefined> => {
  const { dynamo, tableName, alertDays } = claims;
  const now = Date.now();
  const claim = beginClaim(claims, transition, now);
  const item = toAlertItem(transition, claim.until, expiresAt(now, alertDays));
  const { StoreItem, Version, ...attributes } = item;
  const given = Object.entries(attributes);
  try {
    await dynamo.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { StoreItem, Version },
        UpdateExpression: `SET ${given.map(([name]) => `#${name} = :${name}`).join(", ")}`,
        ConditionExpression:
          "attribute_not_exists(StoreItem) OR (attribute_not_exists(PublishedAt) AND ClaimedUntil <= :now)",
        ExpressionAttributeNames: Object.fromEntries(given.map(([name]) => [`#${name}`, name])),
        ExpressionAttributeValues: {
          ...Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
          ":now": now,
        },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    return claim;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const standing = readStanding(error.Item);
    if (standing.published) return undefined;
    const seconds = Math.ceil((standing.claimedUntil - now) / 1_000);
    throw waiting("claimed", "another worker is telling of this transition", Math.max(1, seconds));
  }
};

const beginClaim = ({ leaseMilliseconds }: Claims, transition: Transition, now: number): Claim => {
  const until = now + leaseMilliseconds;
  return { transition, until, publishBy: until - leaseMilliseconds / 10 };
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

const toAlertItem = (transition: Transition, claimedUntil: number, ExpiresAt: number): AlertItem => ({
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
  ExpiresAt,
});

/** The document client leaves the item inside the exception in DynamoDB's own notation. */
const readStanding = (item: Record<string, AttributeValue> | undefined) => ({
  published: item?.PublishedAt !== undefined,
  claimedUntil: Number(item?.ClaimedUntil?.N ?? 0),
});
