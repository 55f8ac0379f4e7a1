import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { expiresAt, LOADS_DAYS } from "@stockwire/contracts/items";
import { compositeKey, KEY_SEPARATOR } from "@stockwire/contracts/keys";
import { isFinal } from "@stockwire/contracts/receipt";
import { waiting } from "@stockwire/service-kit/errors";
import type { UploadsTable } from "@stockwire/service-kit/uploads/uploads-table";

/**
 * Lets one upload of a given content at a time through the order protocol. A till that sends the same file fifty
 * times at once then loads it once: the others find the first one finished and are duplicates. It lies in the
 * ledger under a key that no store name can have.
 */
export interface ContentLock {
  /** Throws a `waiting` WorkError while another upload with this content is being loaded. */
  readonly acquire: (content: string, uploadId: string) => Promise<void>;
  /** Does nothing where this upload does not hold it. */
  readonly release: (content: string, uploadId: string) => Promise<void>;
}

const WAIT_SECONDS = 1;
const SHORT_WAIT_MS = 1_000;
const RETRY_MS = 40;

const keyOf = (content: string) => ({
  Store: compositeKey("", "content", content),
  Version: `${KEY_SEPARATOR}lock`,
});

export const createContentLock = (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  uploads: UploadsTable,
): ContentLock => {
  /** Puts the lock where `condition` holds; true when it is ours. Each time with a new token: see `takeOver`. */
  const put = async (
    content: string,
    uploadId: string,
    condition: string,
    values: Record<string, string>,
  ): Promise<boolean> => {
    try {
      await dynamo.send(
        new PutCommand({
          TableName: tableName,
          Item: {
            ...keyOf(content),
            Holder: uploadId,
            Token: randomUUID(),
            ExpiresAt: expiresAt(Date.now(), LOADS_DAYS),
          },
          ConditionExpression: condition,
          ...(condition.includes("#token") && { ExpressionAttributeNames: { "#token": "Token" } }),
          ExpressionAttributeValues: values,
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  const take = (content: string, uploadId: string): Promise<boolean> =>
    put(content, uploadId, "attribute_not_exists(Holder) OR Holder = :me", { ":me": uploadId });
  /**
   * From a holder that died before it let go, or was given up. One that was brought back in the meantime has put
   * the lock again, with another token, and keeps it.
   */
  const takeOver = async (content: string, uploadId: string): Promise<string | undefined> => {
    const { Item } = await dynamo.send(
      new GetCommand({ TableName: tableName, Key: keyOf(content), ConsistentRead: true }),
    );
    const { Holder: holder, Token: token } = (Item ?? {}) as { Holder?: string; Token?: string };
    if (holder === undefined || token === undefined) return undefined;
    const receipt = await uploads.get(holder);
    const ended = receipt === undefined || isFinal(receipt.Status);
    if (!ended) return holder;
    const taken = await put(content, uploadId, "#token = :token", { ":token": token });
    return taken ? uploadId : holder;
  };
  return {
    acquire: async (content, uploadId) => {
      const deadline = performance.now() + SHORT_WAIT_MS;
      for (;;) {
        if (await take(content, uploadId)) return;
        const holder = await takeOver(content, uploadId);
        if (holder === uploadId) return;
        // Most files take less than this; handing the message back costs a second.
        if (performance.now() > deadline) {
          throw waiting(
            "content_busy",
            `upload ${holder} with the same content is being loaded`,
            WAIT_SECONDS,
          );
        }
        await setTimeout(RETRY_MS / 2 + Math.random() * RETRY_MS);
      }
    },
    release: async (content, uploadId) => {
      try {
        await dynamo.send(
          new DeleteCommand({
            TableName: tableName,
            Key: keyOf(content),
            ConditionExpression: "Holder = :me",
            ExpressionAttributeValues: { ":me": uploadId },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
};
