import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { createSqsClient } from "@stockwire/service-kit/aws-clients";

const WAIT_SECONDS = 5;

/**
 * Receives as many as come and goes on receiving at once; what came together is worked on at the same time, and deleted by
 * one request when all of it is done.
 */
export const receiveAll = async (
  QueueUrl: string,
  work: (messages: readonly Message[]) => Promise<unknown>,
): Promise<never> => {
  const sqs = createSqsClient();
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: WAIT_SECONDS }),
    );
    if (Messages.length === 0) continue;
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    // What fails ends this process: nothing here is tried again.
    void work(Messages).then(() => sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })));
  }
};
