import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Logger } from "@stockwire/service-kit/logger";
import type { QueueMessage } from "@stockwire/service-kit/queue-message";
import type { Claims } from "./claim-transition.ts";
import { readTransition } from "./read-transition.ts";

/** With the queue worker's back-off of up to a minute, an outage of a quarter of an hour dead-letters nothing. */
const FAILURES = 25;
/**
 * Receives also count waits for another worker's claim, but no more than 29 of them: then the queue worker sends a
 * fresh copy. So this leaves 16 failures, and it is less than the queue's own limit of 50.
 */
const RECEIVES = 45;

/**
 * Counts a failure in the transition's record, where waits and hand-backs leave no trace. Once given up, the count
 * begins anew, so that an operator who brings the message back gives it as many attempts again. Where the record
 * is not there or cannot be written, the receives of the message decide.
 */
export const countFailure = async (
  { dynamo, tableName }: Pick<Claims, "dynamo" | "tableName">,
  message: QueueMessage,
  log: Logger,
): Promise<{ attempts: number; limit: number }> => {
  try {
    const transition = readTransition(message.body);
    if (transition === undefined) throw new TypeError("a message that says nothing cannot fail");
    const { Attributes } = await dynamo.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { StoreItem: transition.storeItem, Version: transition.version },
        UpdateExpression: "ADD FailedAttempts :one",
        // Without its claim, a record would look like one that somebody else holds for ever.
        ConditionExpression: "attribute_exists(StoreItem)",
        ExpressionAttributeValues: { ":one": 1 },
        ReturnValues: "UPDATED_NEW",
      }),
    );
    return { attempts: ((Number(Attributes?.FailedAttempts ?? 1) - 1) % FAILURES) + 1, limit: FAILURES };
  } catch (error) {
    log.warn({ err: error }, "could not count the failure in the record, the receives count instead");
    return { attempts: message.receiveCount, limit: RECEIVES };
  }
};
