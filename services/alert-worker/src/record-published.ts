import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { compositeKey } from "@stockwire/contracts/keys";
import { toAlertView } from "@stockwire/contracts/to-views";
import type { AlertView } from "@stockwire/contracts/views";
import type { Logger } from "@stockwire/service-kit/logger";
import type { Claim, Claims } from "./claim-transition.ts";

const PAUSE_MILLISECONDS = 1_000;

/**
 * Records that staff were told, which ends every claim on the transition. Giving up means that they are told
 * again, so it is tried for as long as the claim lasts. Throws what the last try threw.
 * @returns the transition as the API shows it from now on
 */
export const recordPublished = async (claims: Claims, claim: Claim, log: Logger): Promise<AlertView> => {
  const publishedAt = new Date().toISOString();
  for (;;) {
    try {
      await record(claims, claim, publishedAt, log);
      return viewOf(claim, publishedAt);
    } catch (error) {
      if (Date.now() + PAUSE_MILLISECONDS >= claim.until) throw error;
      log.warn({ err: error }, "told, but could not record it yet");
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    }
  }
};

/**
 * Deliberately not conditional on the claim still being ours: told is told, and a worker that took it over and
 * then crashed must not make it a third time. The first publication's time stands. What is recorded in the same
 * moment is written together; what was not plainly written is written by itself, which changes nothing if it was.
 */
const record = async (
  { dynamo, tableName, batches }: Claims,
  { transition }: Claim,
  publishedAt: string,
  log: Logger,
): Promise<void> => {
  const { storeItem, version } = transition;
  const isRecorded = await batches.record({
    key: compositeKey(storeItem, version),
    text: `UPDATE "${tableName}" SET "PublishedAt"=? REMOVE "ClaimedUntil" WHERE "StoreItem"=? AND "Version"=? AND "PublishedAt" IS MISSING`,
    parameters: [publishedAt, storeItem, version],
  });
  if (isRecorded) return;
  try {
    await dynamo.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { StoreItem: storeItem, Version: version },
        UpdateExpression: "SET PublishedAt = :publishedAt REMOVE ClaimedUntil",
        ConditionExpression: "attribute_exists(StoreItem) AND attribute_not_exists(PublishedAt)",
        ExpressionAttributeValues: { ":publishedAt": publishedAt },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const isOurs = error.Item?.PublishedAt?.S === publishedAt;
    if (!isOurs) log.warn({ code: "told_twice" }, "another worker told of this transition as well");
  }
};

const viewOf = ({ transition }: Claim, publishedAt: string): AlertView =>
  toAlertView({
    Store: transition.store,
    Item: transition.item,
    Kind: transition.kind,
    Count: transition.count,
    ...(transition.previous !== undefined && { Previous: transition.previous }),
    Message: transition.message,
    At: transition.at,
    PublishedAt: publishedAt,
  });
