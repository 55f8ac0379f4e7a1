import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { expiresAt, LOADS_DAYS } from "@stockwire/contracts/items";
import { compositeKey, KEY_SEPARATOR } from "@stockwire/contracts/keys";
import { isFinal } from "@stockwire/contracts/receipt";
import { waiting } from "@stockwire/service-kit/errors";
import type { UploadsTable } from "@stockwire/service-kit/uploads/uploads-table";
import type { TransactWrite } from "./loads-table.ts";

/**
 * Lets one upload of a given content at a time through the order protocol. A till that sends the same file fifty
 * times at once then loads it once: the others find the first one finished and are duplicates. It lies in the
 * ledger under a key that no store name can have.
 *
 * Nobody lets go of it: it is free as soon as its holder's receipt has ended, whether the holder lives or not, and the next
 * upload of the same content, which is rare, takes it over. Until DynamoDB drops it, it is a few bytes.
 */
export interface ContentLock {
  /** Throws a `waiting` WorkError while another upload with this content is being loaded. */
  readonly acquire: (content: string, uploadId: string) => Promise<void>;
  /** What acquires it, for a transaction, on condition that nobody else has it or ever had. */
  readonly taking: (content: string, uploadId: string) => TransactWrite;
}

const WAIT_SECONDS = 1;
const SHORT_WAIT_MS = 1_000;
const RETRY_MS = 40;

/** Nobody has it, or a delivery of the same upload that died. */
const IS_FREE = "attribute_not_exists(Holder) OR Holder = :me";

const keyOf = (content: string) => ({
  Store: compositeKey("", "content", content),
  Version: `${KEY_SEPARATOR}lock`,
});

export const createContentLock = (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  uploads: UploadsTable,
): ContentLock => {
  /** Each time with a new token: see `takeOver`. */
  const lockOf = (content: string, uploadId: string) => ({
    TableName: tableName,
    Item: {
      ...keyOf(content),
      Holder: uploadId,
      Token: randomUUID(),
      ExpiresAt: expiresAt(Date.now(), LOADS_DAYS),
    },
  });
  const takingOf = (content: string, uploadId: string) => ({
    ...lockOf(content, uploadId),
    ConditionExpression: IS_FREE,
    ExpressionAttributeValues: { ":me": uploadId },
  });
  /** True when it is ours. */
  const put = async (input: PutCommandInput): Promise<boolean> => {
    try {
      await dynamo.send(new PutCommand(input));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  /**
   * From a holder that has ended or was given up. One that was brought back in the meantime has put the lock again, with
   * another token, and keeps it.
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
    const taken = await put({
      ...lockOf(content, uploadId),
      ConditionExpression: "#token = :token",
      ExpressionAttributeNames: { "#token": "Token" },
      ExpressionAttributeValues: { ":token": token },
    });
    return taken ? uploadId : holder;
  };
  return {
    acquire: async (content, uploadId) => {
      const deadline = performance.now() + SHORT_WAIT_MS;
      for (;;) {
        if (await put(takingOf(content, uploadId))) return;
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
    taking: (content, uploadId) => ({ Put: takingOf(content, uploadId) }),
  };
};
