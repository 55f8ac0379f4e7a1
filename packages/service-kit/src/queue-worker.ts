import type { SQSClient } from "@aws-sdk/client-sqs";
import { Consumer } from "sqs-consumer";
import { codeOf, kindOf, WorkError } from "./errors.ts";
import { startHeartbeat } from "./heartbeat.ts";
import type { Logger } from "./logger.ts";
import { createMessageActions } from "./message-actions.ts";
import type { Metrics } from "./metrics.ts";
import { type QueueMessage, toQueueMessage } from "./queue-message.ts";
import { createSlots } from "./slots.ts";

export interface QueueWorkerOptions {
  /** Logical name, for logs and metrics. */
  readonly queue: string;
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly deadLetterUrl: string;
  /** Messages handled at the same time; a slow one never holds up the rest. */
  readonly concurrency: number;
  readonly visibilitySeconds: number;
  /** Long-poll length, 0 to 20; also the longest that a stop waits for a poll under way. */
  readonly waitSeconds: number;
  readonly log: Logger;
  readonly metrics: Metrics;
  /**
   * Resolves once the message's effect is durable: only then is it deleted. What it throws decides the rest; see
   * errors.ts. `signal` aborts when the message can be held no longer.
   */
  readonly handle: (message: QueueMessage, context: { log: Logger; signal: AbortSignal }) => Promise<void>;
  /**
   * Told of every retryable failure or bug; answers how many there have been and how many are allowed. Once they
   * are used up the message is parked in the dead-letter queue.
   */
  readonly countFailure: (
    message: QueueMessage,
    error: unknown,
  ) => Promise<{ attempts: number; limit: number }>;
}

export interface QueueWorker {
  /** Stops receiving, waits for what is being handled, hands back what came in since. */
  readonly stop: () => Promise<void>;
}

/** Longest visibility in all, under SQS's 12 hours. */
const HEARTBEAT_CAP_SECONDS = 11 * 3_600;
/** Well before the queue's own maxReceiveCount (50) would bury a message that only waits its turn. */
const RENEW_AFTER_RECEIVES = 30;
const MAX_BACKOFF_SECONDS = 60;

const backoffSeconds = (attempts: number): number =>
  Math.min(MAX_BACKOFF_SECONDS, 2 ** Math.max(0, attempts - 1)) * (0.75 + Math.random() / 2);

/**
 * Runs a queue on sqs-consumer. The consumer only polls: its own batch handling waits for the slowest of ten
 * messages, so messages are started here one by one, deleted here one by one, and polling pauses only while no
 * slot is free.
 */
export const startQueueWorker = (options: QueueWorkerOptions): QueueWorker => {
  const { queue, log, metrics, sqs, queueUrl } = options;
  const actions = createMessageActions(sqs, queueUrl, options.deadLetterUrl);
  const slots = createSlots(options.concurrency);
  const running = new Set<Promise<void>>();
  let stopping = false;

  const finish = async (message: QueueMessage, error: unknown, messageLog: Logger): Promise<void> => {
    const kind = kindOf(error);
    const outcome = (name: "retried" | "dead") =>
      metrics.stockwire_queue_messages_total.inc({ queue, outcome: name });
    if (kind === "waiting") {
      const seconds = (error as WorkError).afterSeconds ?? 1;
      messageLog.debug({ code: codeOf(error), seconds }, "waiting for its turn");
      if (message.receiveCount >= RENEW_AFTER_RECEIVES) await actions.renew(message, seconds);
      else await actions.hideFor(message, seconds);
      return;
    }
    const attempt =
      kind === "permanent"
        ? { attempts: message.receiveCount, limit: 0 }
        : await options.countFailure(message, error);
    if (attempt.attempts >= attempt.limit) {
      messageLog.error(
        { err: error, kind, attempts: attempt.attempts },
        "given up, moved to the dead-letter queue",
      );
      const text = error instanceof Error ? error.message : String(error);
      await actions.park(message, { code: codeOf(error), message: text, attempts: attempt.attempts });
      outcome("dead");
      return;
    }
    const seconds =
      (error instanceof WorkError ? error.afterSeconds : undefined) ?? backoffSeconds(attempt.attempts);
    messageLog[kind === "bug" ? "error" : "warn"](
      { err: error, kind, ...attempt, seconds },
      "failed, will be tried again",
    );
    await actions.hideFor(message, seconds);
    outcome("retried");
  };

  const work = async (message: QueueMessage): Promise<void> => {
    const messageLog = log.child({ messageId: message.id });
    const started = performance.now();
    const heartbeat = startHeartbeat({
      visibilitySeconds: options.visibilitySeconds,
      capSeconds: HEARTBEAT_CAP_SECONDS,
      renew: () => actions.hideFor(message, options.visibilitySeconds),
      onError: (error) => messageLog.warn({ err: error }, "could not renew the visibility timeout"),
    });
    try {
      await options.handle(message, { log: messageLog, signal: heartbeat.signal });
      heartbeat.stop();
      await actions.remove(message);
      metrics.stockwire_queue_messages_total.inc({ queue, outcome: "done" });
    } catch (error) {
      heartbeat.stop();
      // Whatever fails in here leaves the message to its visibility timeout: it comes back, nothing is lost.
      await finish(message, error, messageLog).catch((cause) =>
        messageLog.error({ err: cause }, "could not settle the message; it comes back by itself"),
      );
    } finally {
      heartbeat.stop();
      metrics.stockwire_queue_handler_seconds.observe({ queue }, (performance.now() - started) / 1000);
    }
  };

  const begin = (message: QueueMessage): void => {
    slots.take();
    metrics.stockwire_queue_in_flight.inc({ queue });
    const task = work(message).finally(() => {
      slots.give();
      metrics.stockwire_queue_in_flight.dec({ queue });
      running.delete(task);
    });
    running.add(task);
  };

  const batchSize = () => Math.max(1, Math.min(10, slots.free()));
  const consumer = Consumer.create({
    queueUrl,
    sqs,
    batchSize: batchSize(),
    visibilityTimeout: options.visibilitySeconds,
    waitTimeSeconds: options.waitSeconds,
    authenticationErrorTimeout: 1_000,
    messageSystemAttributeNames: ["ApproximateReceiveCount", "SentTimestamp"],
    messageAttributeNames: ["All"],
    shouldDeleteMessages: false,
    handleMessageBatch: async (batch) => {
      const messages = batch.map(toQueueMessage);
      if (stopping) {
        await Promise.all(messages.map((message) => actions.hideFor(message, 0)));
        return [];
      }
      for (const message of messages) begin(message);
      await slots.whenFree();
      consumer.updateOption("batchSize", batchSize());
      return [];
    },
  });
  consumer.on("error", (error) => log.warn({ err: error, queue }, "could not receive"));
  consumer.start();

  return {
    stop: async () => {
      stopping = true;
      consumer.stop();
      await pollEnded(consumer);
      await Promise.all(running);
    },
  };
};

/**
 * sqs-consumer says "stopped" before the poll under way has ended unless told to wait, and then looks only once
 * a second. A message that such a poll still brings in must be handed back, so its end is awaited here.
 */
const pollEnded = async (consumer: Consumer): Promise<void> => {
  while (consumer.status.isPolling) await new Promise((resolve) => setTimeout(resolve, 20));
};
