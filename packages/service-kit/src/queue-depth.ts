import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";

/** Keeps `stockwire_queue_depth` current for a queue and its dead-letter queue, asking at most every `everyMs`. */
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
    );
    return {
      visible: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
      delayed: Number(Attributes?.ApproximateNumberOfMessagesDelayed ?? 0),
    };
  };
  const refresh = async (): Promise<void> => {
    const [main, dead] = await Promise.all([read(options.queueUrl), read(options.deadLetterUrl)]);
    const set = (state: string, value: number) => metrics.stockwire_queue_depth.set({ queue, state }, value);
    set("visible", main.visible);
    set("in_flight", main.inFlight);
    set("delayed", main.delayed);
    set("dead", dead.visible + dead.inFlight);
  };
  const tick = () => {
    refresh().catch((error) => options.log.warn({ err: error, queue }, "could not read the queue's depth"));
  };
  tick();
  const timer = setInterval(tick, options.everyMs ?? 5_000);
  return { stop: () => clearInterval(timer) };
};
