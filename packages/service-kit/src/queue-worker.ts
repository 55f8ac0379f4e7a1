import type { SQSClient } from "@aws-sdk/client-sqs";
import { codeOf, kindOf, WorkError } from "./errors.ts";
import { startHeartbeat } from "./heartbeat.ts";
import type { Logger } from "./logger.ts";
import { createMessageActions } from "./message-actions.ts";
import type { Metrics } from "./metrics.ts";
import { pollQueue } from "./poll-queue.ts";
import type { QueueMessage } from "./queue-message.ts";
import { createSlots } from "./slots.ts";
import { createTaskProtection } from "./task-protection.ts";

export interface QueueWorkerOptions {
  /** Logical name, for logs and metrics. */
  readonly queue: string;
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly deadLetterUrl: string;
  /** Messages handled at the same time; a slow one never holds up the rest. */
  readonly concurrency: number;
  readonly visibilitySeconds: number;
  /** Long-poll length, 1 to 20; also the longest that a stop waits for a poll under way. */
  readonly waitSeconds: number;
  readonly log: Logger;
  readonly metrics: Metrics;
  /**
   * Resolves once the message's effect is durable: only then is it deleted. What it throws decides the rest; see
   * errors.ts. `signal` aborts when the message can be held no longer or this process must end: whatever is thrown
   * from then on hands the message back at once, uncounted.
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
  /** How long a stop lets handlers finish before it aborts them; default 8. */
  readonly finishSeconds?: number;
}

export interface QueueWorker {
  /** Stops receiving, lets what is nearly done finish, hands the rest back to whoever else works on the queue. */
  readonly stop: () => Promise<void>;
}

/** Longest visibility in all, under SQS's 12 hours. */
const HEARTBEAT_CAP_SECONDS = 11 * 3_600;
/** Well before the queue's own maxReceiveCount (50) would bury a message that only waits its turn. */
const RENEW_AFTER_RECEIVES = 30;
const MAX_BACKOFF_SECONDS = 60;
/** SQS delays a fresh copy by no more than this. */
const MAX_WAIT_SECONDS = 900;
/** How long a message is left alone when a service is throttling. */
const THROTTLED_SECONDS = 5;
const FINISH_SECONDS = 8;

const backoffSeconds = (attempts: number): number =>
  Math.min(MAX_BACKOFF_SECONDS, 2 ** Math.max(0, attempts - 1)) * (0.75 + Math.random() / 2);

/**
 * Works on a queue: messages are started one by one, settled one by one, and polling pauses only while no slot is
 * free.
 */
export const startQueueWorker = (options: QueueWorkerOptions): QueueWorker => {
  const { queue, log, metrics, sqs, queueUrl, visibilitySeconds } = options;
  const actions = createMessageActions(sqs, queueUrl, options.deadLetterUrl);
  const slots = createSlots(options.concurrency);
  const running = new Set<Promise<void>>();
  const ending = new AbortController();
  const protection = createTaskProtection({ log });

  /** Its effect stands, so a delete that fails is not an attempt that failed. */
  const done = async (message: QueueMessage): Promise<void> => {
    await actions.remove(message);
    metrics.stockwire_queue_messages_total.inc({ queue, outcome: "done" });
  };

  /** A hand-back is nobody's failure, so a message that is handed back often must not run out of receives. */
  const handBack = (message: QueueMessage): Promise<void> =>
    message.receiveCount >= RENEW_AFTER_RECEIVES ? actions.renew(message, 0) : actions.hideFor(message, 0);

  const settleFailed = async (message: QueueMessage, error: unknown, messageLog: Logger): Promise<void> => {
    const kind = kindOf(error);
    const outcome = (name: "retried" | "dead") =>
      metrics.stockwire_queue_messages_total.inc({ queue, outcome: name });
    if (kind === "waiting") {
      const after = error instanceof WorkError ? error.afterSeconds : THROTTLED_SECONDS;
      const seconds = Math.min(MAX_WAIT_SECONDS, Math.max(1, after ?? 1));
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
      visibilitySeconds,
      capSeconds: HEARTBEAT_CAP_SECONDS,
      renew: () => actions.hideFor(message, visibilitySeconds),
      onError: (error) => messageLog.warn({ err: error }, "could not renew the visibility timeout"),
    });
    const signal = AbortSignal.any([heartbeat.signal, ending.signal]);
    try {
      const failure = await failureOf(() => options.handle(message, { log: messageLog, signal }));
      await heartbeat.stop();
      if (failure === undefined) await done(message);
      else if (signal.aborted) await handBack(message);
      else await settleFailed(message, failure.error, messageLog);
    } catch (error) {
      // The message is left to its visibility timeout: it comes back and is settled then.
      messageLog.error({ err: error }, "could not settle the message; it comes back by itself");
    } finally {
      metrics.stockwire_queue_handler_seconds.observe({ queue }, (performance.now() - started) / 1000);
    }
  };

  const begin = (message: QueueMessage): void => {
    slots.take();
    protection.begin();
    metrics.stockwire_queue_in_flight.inc({ queue });
    const task = work(message).finally(() => {
      slots.give();
      protection.end();
      metrics.stockwire_queue_in_flight.dec({ queue });
      running.delete(task);
    });
    running.add(task);
  };

  const polling = pollQueue({
    queue,
    sqs,
    queueUrl,
    visibilitySeconds,
    waitSeconds: options.waitSeconds,
    slots,
    log,
    begin,
    handBack: (message) => actions.hideFor(message, 0),
  });

  return {
    stop: async () => {
      const timer = setTimeout(
        () => ending.abort(new Error("this process is stopping")),
        (options.finishSeconds ?? FINISH_SECONDS) * 1_000,
      );
      await polling.stop();
      await Promise.all(running);
      clearTimeout(timer);
      protection.stop();
    },
  };
};

/** What `handle` threw, boxed: a handler that throws `undefined` has failed too. */
const failureOf = async (handle: () => Promise<void>): Promise<{ readonly error: unknown } | undefined> => {
  try {
    await handle();
    return undefined;
  } catch (error) {
    return { error };
  }
};
