import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Metrics } from "./metrics.ts";

/**
 * Keeps `stockwire_queue_last_receive_timestamp_seconds` current: set now, and whenever the queue answers a receive
 * of this client, empty ones included. A refusal or a lost connection is no answer. It listens at the client, after
 * the SDK's retries, so it counts what the polling really got.
 */
export const watchReceives = ({
  queue,
  queueUrl,
  sqs,
  metrics,
}: {
  readonly queue: string;
  readonly queueUrl: string;
  readonly sqs: SQSClient;
  readonly metrics: Metrics;
}): void => {
  const answered = () => metrics.stockwire_queue_last_receive_timestamp_seconds.setToCurrentTime({ queue });
  answered();
  sqs.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        const asked = "QueueUrl" in args.input ? args.input.QueueUrl : undefined;
        if (commandName === "ReceiveMessageCommand" && asked === queueUrl) answered();
        return result;
      },
    { step: "initialize" },
  );
};
