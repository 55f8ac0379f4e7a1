import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { type AttributeValue, ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, PutCommand, type PutCommandInput } from "@aws-sdk/lib-dynamodb";
import { expiresAt, LOADS_DAYS } from "@stockwire/contracts/items";
import { compositeKey, KEY_SEPARATOR } from "@stockwire/contracts/keys";
import { isFinal } from "@stockwire/contracts/receipt";
import { waiting } from "@stockwire/service-kit/errors";
import type { UploadsTable } from "@stockwire/service-kit/uploads/uploads-table";

/** What takes the lock: a put by itself, or one of a transaction. */
export type Taking = PutCommandInput;

/** What stood where somebody wanted the lock, as DynamoDB writes it; undefined where it did not say. */
export type StandingLock = Readonly<Record<string, AttributeValue>> | undefined;

/**
 * Lets one upload of a given content at a time through the order protocol. A till that sends the same file fifty
 * times at once then loads it once: the others find the first one finished and are duplicates. It lies in the
 * ledger under a key that no store name can have.
 *
 * Nobody lets go of it: it is free as soon as its holder's receipt has ended, whether the holder lives or not, and the next
 * upload of the same content takes it over. That spares every other file a request, and leaves an item for 35 days.
 */
export interface ContentLock {
  /** Throws a `waiting` WorkError while another upload with this content is being loaded. */
  readonly acquire: (content: string, uploadId: string) => Promise<void>;
  /** On condition that nobody has had it in 35 days, or a delivery of the same upload that died. */
  readonly taking: (content: string, uploadId: string) => Taking;
  /**
   * From a holder that has ended or was given up; undefined while there is another. A holder that was brought back in the
   * meantime has put the lock again, with another token, and keeps it.
   */
  readonly takingOver: (
    standing: StandingLock,
    content: string,
    uploadId: string,
  ) => Promise<Taking | undefined>;
}

const WAIT_SECONDS = 1;
const SHORT_WAIT_MS = 1_000;
const RETRY_MS = 40;

export const createContentLock = (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  uploads: UploadsTable,
): ContentLock => {
  /** Each time with a new token: see `takingOver`. */
  const lockOf = (content: string, uploadId: string) => ({
    TableName: tableName,
    Item: {
      Store: compositeKey("", "content", content),
      Version: `${KEY_SEPARATOR}lock`,
      Holder: uploadId,
      Token: randomUUID(),
      ExpiresAt: expiresAt(Date.now(), LOADS_DAYS),
    },
    ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
  });
  const taking: ContentLock["taking"] = (content, uploadId) => ({
    ...lockOf(content, uploadId),
    ConditionExpression: "attribute_not_exists(Holder) OR Holder = :me",
    ExpressionAttributeValues: { ":me": uploadId },
  });
  const takingOver: ContentLock["takingOver"] = async (standing, content, uploadId) => {
    const [holder, token] = [standing?.Holder?.S, standing?.Token?.S];
    if (holder === undefined || token === undefined) return undefined;
    const receipt = await uploads.get(holder);
    if (receipt !== undefined && !isFinal(receipt.Status)) return undefined;
    return {
      ...lockOf(content, uploadId),
      ConditionExpression: "#token = :token",
      ExpressionAttributeNames: { "#token": "Token" },
      ExpressionAttributeValues: { ":token": token },
    };
  };
  return {
    acquire: async (content, uploadId) => {
      const deadline = performance.now() + SHORT_WAIT_MS;
      for (;;) {
        const refused = await put(dynamo, taking(content, uploadId));
        if (refused === undefined) return;
        const over = await takingOver(refused.standing, content, uploadId);
        if (over !== undefined && (await put(dynamo, over)) === undefined) return;
        // Most files take less than this; handing the message back costs a second.
        if (performance.now() > deadline) {
          const holder = refused.standing?.Holder?.S ?? "of somebody else";
          throw waiting(
            "content_busy",
            `upload ${holder} with the same content is being loaded`,
            WAIT_SECONDS,
          );
        }
        await setTimeout(RETRY_MS / 2 + Math.random() * RETRY_MS);
      }
    },
    taking,
    takingOver,
  };
};

/** @returns undefined when it is ours */
const put = async (
  dynamo: DynamoDBDocumentClient,
  input: Taking,
): Promise<{ readonly standing: StandingLock } | undefined> => {
  try {
    await dynamo.send(new PutCommand(input));
    return undefined;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { standing: error.Item };
    // Somebody else's transaction is about to take it: as good as held, and no failure of this file.
    if (error instanceof Error && error.name === "TransactionConflictException")
      return { standing: undefined };
    throw error;
  }
};
