import { setTimeout as sleep } from "node:timers/promises";
import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { topology } from "@stockwire/contracts/topology";
import type { InstanceId, MessageFault } from "./fault-plan.ts";
import type { Journal } from "./journal.ts";

/** A message that a service has received and not yet deleted. */
interface Held {
  readonly instance: InstanceId;
  readonly queueUrl: string;
  readonly handle: string;
  readonly messageId: string;
}

/** What the services hold of the queues, and what the suite does to it behind their backs. */
export interface Messages {
  readonly received: (held: Held) => void;
  readonly deleted: (handle: string) => void;
  readonly handedBack: (handle: string) => void;
  /** False when this has befallen that message often enough: copies of copies would soon be all that there is. */
  readonly mayHit: (kind: MessageFault, body: string) => boolean;
  /** Of one instance, or of all. */
  readonly inFlight: (instance?: InstanceId) => number;
  /** Makes a message visible after so many seconds, whoever holds it. */
  readonly show: (queueUrl: string, handle: string, seconds: number) => Promise<void>;
  readonly sendCopy: (queueUrl: string, body: string, seconds: number) => Promise<void>;
  /**
   * The visibility timeouts of everything that a dead instance held end now. They would anyway, in up to a minute; a run
   * has not so long.
   */
  readonly releaseOf: (instance: InstanceId, diedAt: number) => Promise<void>;
}

const TRIES = 20;
/** Of one kind, for one message and its copies. */
const MOST_HITS = 2;

export const createMessages = (sqs: SQSClient, journal: () => Journal): Messages => {
  const held = new Map<string, Held>();
  const lost = new Map<string, number>();
  /** By receipt handle. */
  const messageIds = new Map<string, string>();
  const hits = new Map<string, number>();
  const show: Messages["show"] = async (QueueUrl, ReceiptHandle, VisibilityTimeout) => {
    const command = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout });
    // Deleted meanwhile, or received again under another handle: nothing is left to be shown.
    await sqs.send(command).catch(() => undefined);
  };
  return {
    received: (one) => {
      // Received again by the same process: the older handle is of no use any more.
      for (const [handle, { instance, messageId }] of held) {
        if (instance === one.instance && messageId === one.messageId) held.delete(handle);
      }
      held.set(one.handle, one);
      messageIds.set(one.handle, one.messageId);
    },
    handedBack: (handle) => void held.delete(handle),
    deleted: (handle) => {
      held.delete(handle);
      const messageId = messageIds.get(handle) ?? "";
      const diedAt = lost.get(messageId);
      if (diedAt === undefined) return;
      lost.delete(messageId);
      journal().recoveries.push(Date.now() - diedAt);
    },
    mayHit: (kind, body) => {
      const key = `${kind} ${body}`;
      const before = hits.get(key) ?? 0;
      hits.set(key, before + 1);
      return before < MOST_HITS;
    },
    inFlight: (instance) =>
      [...held.values()].filter((one) => instance === undefined || one.instance === instance).length,
    show,
    sendCopy: async (QueueUrl, MessageBody, DelaySeconds) => {
      // A copy that cannot be sent is a fault that did not happen.
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds })).catch(() => undefined);
    },
    releaseOf: async (instance, diedAt) => {
      for (const [key, one] of held) {
        if (one.instance !== instance) continue;
        held.delete(key);
        lost.set(one.messageId, diedAt);
        for (let tries = 0; tries < TRIES; tries++) {
          const command = new ChangeMessageVisibilityCommand({
            QueueUrl: one.queueUrl,
            ReceiptHandle: one.handle,
            VisibilityTimeout: 0,
          });
          const done = await sqs.send(command).then(
            () => true,
            (error: Error & { $fault?: string }) => error.$fault === "client",
          );
          if (done) break;
          await sleep(250);
        }
      }
    },
  };
};

const queueNameOf = (queueUrl: string): string => queueUrl.slice(queueUrl.lastIndexOf("/") + 1);

/** The visibility timeout with which a queue's worker receives and prolongs. */
export const visibilityOf = (queueUrl: string): number | undefined => {
  const queues: Readonly<Record<string, { visibilityTimeoutSeconds: number }>> = topology.queues;
  return queues[queueNameOf(queueUrl)]?.visibilityTimeoutSeconds;
};
