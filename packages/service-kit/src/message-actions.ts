import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { retryable } from "./errors.ts";
import { eachOf, gather } from "./gather.ts";
import type { QueueMessage } from "./queue-message.ts";

/** What can be done with one received message. Every call is safe to repeat. */
export interface MessageActions {
  /** Resolves when SQS has deleted this one; those of about the same moment share a request. */
  readonly remove: (message: QueueMessage) => Promise<void>;
  /** The message becomes visible again after `seconds` (0 to 43,200); 0 hands it back at once. */
  readonly hideFor: (message: QueueMessage, seconds: number) => Promise<void>;
  /** Puts a fresh copy in the queue (0 to 900 s delay) and removes this one: its receive count starts anew. */
  readonly renew: (message: QueueMessage, delaySeconds: number) => Promise<void>;
  /** Moves the message to the dead-letter queue with why it is there. */
  readonly park: (message: QueueMessage, reason: DeadLetterReason) => Promise<void>;
}

export interface DeadLetterReason {
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
}

/** How long a delete waits for others: a slot is held meanwhile, so it is little beside any work. */
const GATHER_MS = 5;
/** More, SQS takes in no request. */
const MAX_DELETES = 10;
const MAX_TRIES = 3;

/**
 * SQS refuses text that XML 1.0 cannot carry, U+001F of our keys included, and empty text: a reason that quotes
 * such input must not keep its message from being parked.
 */
const text = (value: string) => ({
  DataType: "String",
  StringValue:
    value
      .slice(0, 1_000)
      .toWellFormed()
      .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd") || "-",
});

export const createMessageActions = (
  sqs: SQSClient,
  queueUrl: string,
  deadLetterUrl: string,
): MessageActions => {
  const remove = gather<QueueMessage, undefined>(
    eachOf((messages) => deleteTogether(sqs, queueUrl, messages)),
    { most: MAX_DELETES, waitMilliseconds: () => GATHER_MS },
  );
  return {
    remove,
    hideFor: async (message, seconds) => {
      await sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: message.receiptHandle,
          VisibilityTimeout: Math.round(seconds),
        }),
      );
    },
    // A crash between the two steps leaves the message twice, which every handler survives.
    renew: async (message, delaySeconds) => {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: message.body,
          DelaySeconds: Math.round(delaySeconds),
        }),
      );
      await remove(message);
    },
    park: async (message, reason) => {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: deadLetterUrl,
          MessageBody: message.body,
          MessageAttributes: {
            reason: text(reason.code),
            message: text(reason.message),
            attempts: { DataType: "Number", StringValue: String(reason.attempts) },
            origin: text(queueUrl.slice(queueUrl.lastIndexOf("/") + 1)),
            originalMessageId: text(message.id),
            sentAt: text(message.sentAt.toISOString()),
            parkedAt: text(new Date().toISOString()),
          },
        }),
      );
      await remove(message);
    },
  };
};

/**
 * What fails by SQS's own doing is asked for again: the SDK repeats requests that fail, not entries of one that does not.
 * @returns what SQS had against deleting each message, undefined where it is gone
 */
const deleteTogether = async (
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly QueueMessage[],
): Promise<(Error | undefined)[]> => {
  let entries = messages.map(({ receiptHandle }, index) => ({
    Id: String(index),
    ReceiptHandle: receiptHandle,
  }));
  const failures = new Map<string | undefined, Error>();
  for (let tries = 1; entries.length > 0; tries++) {
    const { Failed = [] } = await sqs.send(
      new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
    );
    for (const { Id } of entries) failures.delete(Id);
    for (const { Id, Code = "unknown", Message = "SQS did not say why" } of Failed) {
      failures.set(Id, retryable(Code, Message));
    }
    const again = new Set(Failed.filter(({ SenderFault }) => SenderFault === false).map(({ Id }) => Id));
    if (tries === MAX_TRIES) break;
    entries = entries.filter(({ Id }) => again.has(Id));
  }
  return messages.map((_, index) => failures.get(String(index)));
};
