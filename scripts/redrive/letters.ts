import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { readBacklog } from "@stockwire/service-kit/reconcile/read-backlog";
import type { WorkQueue } from "./find-queues.ts";

/** A dead letter: what it is about, and why it is there. */
export interface Letter {
  readonly id: string;
  readonly body: string;
  /** `moved_by_sqs` where no worker said why. */
  readonly reason: string;
  readonly message: string;
  /** Unknown where SQS moved it. */
  readonly attempts: number | undefined;
  /** Physical name of the queue that it was in. */
  readonly origin: string;
  /** ISO 8601; when it was parked. */
  readonly parkedAt: string | undefined;
}

export interface LetterActions {
  /** Puts a copy into the queue that it came from, then removes it here. */
  readonly sendBack: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

export interface Walk {
  readonly seen: number;
  readonly mayBeMore: boolean;
}

/** How long a letter that was looked at stays hidden; what is left is shown again at the end. */
const HIDDEN_SECONDS = 120;
const EMPTY_ANSWERS = 2;

/**
 * Shows every letter of a queue to `visit`, once. Letters that were only looked at are there again afterwards. One that was
 * sent back and failed again meanwhile is left alone: this would never come to an end.
 * @param hiddenSeconds how long a letter that was looked at stays hidden
 * @returns how many there were, and whether there may be more: letters that come again end the walk, and they do once it has
 *   lasted for longer than they are hidden
 */
export const visitLetters = async (
  sqs: SQSClient,
  { url, deadLetterUrl }: WorkQueue,
  signal: AbortSignal,
  visit: (letter: Letter, actions: LetterActions) => Promise<void>,
  hiddenSeconds = HIDDEN_SECONDS,
): Promise<Walk> => {
  const started = performance.now();
  const { all: depth } = await readBacklog(sqs, deadLetterUrl, signal);
  const kept = new Map<string, string>();
  const seen = new Set<string>();
  const sentBack = new Set<string>();
  const failedAgain = new Set<string>();
  let empty = 0;
  try {
    while (empty < EMPTY_ANSWERS && !signal.aborted) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: deadLetterUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ["All"],
          VisibilityTimeout: hiddenSeconds,
          WaitTimeSeconds: 1,
        }),
      );
      const fresh = Messages.filter(({ MessageId = "" }) => !seen.has(MessageId));
      // One that comes again was hidden for long enough: mostly everything has been seen.
      empty = fresh.length === 0 ? empty + 1 : 0;
      for (const message of Messages) kept.set(message.MessageId ?? "", message.ReceiptHandle ?? "");
      for (const message of fresh) {
        if (signal.aborted) break;
        const letter = toLetter(message, url);
        seen.add(letter.id);
        if (sentBack.has(message.MessageAttributes?.originalMessageId?.StringValue ?? "")) {
          failedAgain.add(letter.id);
          continue;
        }
        const remove = async (): Promise<void> => {
          await sqs.send(
            new DeleteMessageCommand({ QueueUrl: deadLetterUrl, ReceiptHandle: message.ReceiptHandle }),
          );
          kept.delete(letter.id);
        };
        const sendBack = async (): Promise<void> => {
          const copy = new SendMessageCommand({ QueueUrl: url, MessageBody: letter.body });
          const { MessageId = "" } = await sqs.send(copy);
          sentBack.add(MessageId);
          await remove();
        };
        await visit(letter, { sendBack, remove });
      }
    }
  } finally {
    await Promise.allSettled(
      [...kept.values()].map((ReceiptHandle) =>
        sqs.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: deadLetterUrl,
            ReceiptHandle,
            VisibilityTimeout: 0,
          }),
        ),
      ),
    );
  }
  const tookTooLong = performance.now() - started > hiddenSeconds * 1_000;
  return { seen: seen.size - failedAgain.size, mayBeMore: tookTooLong || seen.size < depth };
};

const toLetter = ({ MessageId = "", Body = "", MessageAttributes = {} }: Message, url: string): Letter => {
  const text = (name: string): string | undefined => MessageAttributes[name]?.StringValue;
  const attempts = text("attempts");
  return {
    id: MessageId,
    body: Body,
    reason: text("reason") ?? "moved_by_sqs",
    message: text("message") ?? "received too often without an end; no worker said why",
    attempts: attempts === undefined ? undefined : Number(attempts),
    origin: text("origin") ?? url.slice(url.lastIndexOf("/") + 1),
    parkedAt: text("parkedAt"),
  };
};
