import type { SQSClient } from "@aws-sdk/client-sqs";
import { Consumer } from "sqs-consumer";
import type { Logger } from "./logger.ts";
import { type QueueMessage, toQueueMessage } from "./queue-message.ts";
import type { Slots } from "./slots.ts";

export interface Polling {
  /** Receives no more and hands back what a poll under way still brings in. */
  readonly stop: () => Promise<void>;
}

const MAX_PAUSE_SECONDS = 30;
/** A poll that outlives its own length by this much hangs; nothing is to be expected from it. */
const HANGING_POLL_SECONDS = 5;

/**
 * Receives messages for as long as there are free slots. Of sqs-consumer only the polling is used: its own batch
 * handling waits for the slowest of ten messages.
 */
export const pollQueue = (options: {
  readonly queue: string;
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly visibilitySeconds: number;
  /** 1 to 20. */
  readonly waitSeconds: number;
  readonly slots: Slots;
  readonly log: Logger;
  /** Takes a slot and starts working on a message. */
  readonly begin: (message: QueueMessage) => void;
  readonly handBack: (message: QueueMessage) => Promise<void>;
}): Polling => {
  const { queue, slots, log } = options;
  const stopRequested = Promise.withResolvers<void>();
  let stopping = false;
  let failures = 0;

  const handBackAll = async (messages: readonly QueueMessage[]): Promise<void> => {
    const results = await Promise.allSettled(messages.map(options.handBack));
    for (const result of results) {
      if (result.status === "rejected") {
        log.warn({ err: result.reason, queue }, "could not hand a message back; it comes back by itself");
      }
    }
  };

  /** sqs-consumer polls again at once after most failures, which would hammer a queue that is in trouble. */
  const pauseAfterFailure = async (): Promise<void> => {
    if (failures > 0) await interruptiblePause(pauseSeconds(failures), stopRequested.promise);
    if (stopping) throw new Error("stopping, so no further poll");
  };

  const batchSize = () => Math.max(1, Math.min(10, slots.free()));
  const updateBatchSize = () => consumer.updateOption("batchSize", batchSize());
  const consumer = Consumer.create({
    queueUrl: options.queueUrl,
    sqs: options.sqs,
    batchSize: batchSize(),
    visibilityTimeout: options.visibilitySeconds,
    waitTimeSeconds: options.waitSeconds,
    authenticationErrorTimeout: 0,
    messageSystemAttributeNames: ["ApproximateReceiveCount", "SentTimestamp"],
    messageAttributeNames: ["All"],
    shouldDeleteMessages: false,
    preReceiveMessageCallback: pauseAfterFailure,
    postReceiveMessageCallback: async () => {
      failures = 0;
    },
    handleMessageBatch: async (batch) => {
      const messages = batch.map(toQueueMessage);
      if (stopping) {
        await handBackAll(messages);
        return [];
      }
      for (const message of messages) options.begin(message);
      await Promise.race([slots.whenFree(), stopRequested.promise]);
      updateBatchSize();
      return [];
    },
  });
  consumer.on("empty", updateBatchSize);
  consumer.on("error", (error) => {
    if (stopping) return;
    failures += 1;
    log.warn({ err: error, queue, failures }, "could not receive");
  });
  consumer.start();

  return {
    stop: async () => {
      stopping = true;
      stopRequested.resolve();
      consumer.stop();
      const deadline = (options.waitSeconds + HANGING_POLL_SECONDS) * 1_000;
      if (!(await pollEnded(consumer, deadline))) log.warn({ queue }, "a poll hangs; not waiting for it");
    },
  };
};

const pauseSeconds = (failures: number): number =>
  Math.min(MAX_PAUSE_SECONDS, 2 ** (failures - 1)) * (0.75 + Math.random() / 2);

const interruptiblePause = async (seconds: number, interrupt: Promise<void>): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, seconds * 1_000);
  await Promise.race([promise, interrupt]);
  clearTimeout(timer);
};

/**
 * sqs-consumer says "stopped" before the poll under way has ended unless told to wait, and then looks only once
 * a second. A message that such a poll still brings in must be handed back, so its end is awaited here. It is
 * not aborted: SQS may have given messages out already, which would then stay hidden.
 */
const pollEnded = async (consumer: Consumer, withinMilliseconds: number): Promise<boolean> => {
  const started = performance.now();
  while (consumer.status.isPolling) {
    if (performance.now() - started > withinMilliseconds) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
};
