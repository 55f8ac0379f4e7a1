import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";

const STATES = ["visible", "in_flight", "delayed", "dead"] as const;
/** Longer than a slow answer takes, shorter than anybody should believe an old depth. */
const ANSWER_WITHIN_MS = 15_000;

/**
 * Keeps `stockwire_queue_depth` current for a queue and its dead-letter queue, asking every `everyMs` and never twice
 * at a time. A depth that cannot be read is no longer reported: the last one known would stand for ever, and the
 * largest of all replicas' is what counts.
 */
export const watchQueueDepth = (options: {
  readonly queue: string;
  readonly queueUrl: string;
  readonly deadLetterUrl: string;
  readonly sqs: SQSClient;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly everyMs?: number;
}): { readonly stop: () => void } => {
  const { queue, metrics, sqs } = options;
  const read = async (url: string) => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: [
          "ApproximateNumberOfMessages",
          "ApproximateNumberOfMessagesNotVisible",
          "ApproximateNumberOfMessagesDelayed",
        ],
      }),
      { abortSignal: AbortSignal.timeout(ANSWER_WITHIN_MS) },
    );
    return {
      visible: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
      delayed: Number(Attributes?.ApproximateNumberOfMessagesDelayed ?? 0),
    };
  };
  const refresh = async (): Promise<void> => {
    const [main, dead] = await Promise.all([read(options.queueUrl), read(options.deadLetterUrl)]);
    const depth = { ...main, in_flight: main.inFlight, dead: dead.visible + dead.inFlight };
    for (const state of STATES) metrics.stockwire_queue_depth.set({ queue, state }, depth[state]);
  };
  let reading = false;
  let stopped = false;
  const tick = async (): Promise<void> => {
    if (reading) return;
    reading = true;
    try {
      await refresh();
    } catch (error) {
      if (stopped) return;
      for (const state of STATES) metrics.stockwire_queue_depth.remove({ queue, state });
      options.log.warn({ err: error, queue }, "could not read the queue's depth");
    } finally {
      reading = false;
    }
  };
  void tick();
  const timer = setInterval(tick, options.everyMs ?? 5_000);
  return {
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
};
