import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";

export interface Backlog {
  /** Messages that nobody has taken yet. */
  readonly waiting: number;
  /** With those that somebody works on, or that are hidden for a while. */
  readonly all: number;
}

export const readBacklog = async (
  sqs: SQSClient,
  queueUrl: string,
  signal: AbortSignal,
): Promise<Backlog> => {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
      ],
    }),
    { abortSignal: signal },
  );
  const waiting = Number(Attributes.ApproximateNumberOfMessages ?? 0);
  const hidden = Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0);
  return { waiting, all: waiting + hidden + Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0) };
};
