import { DeleteMessageCommand, type Message, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { createSqsClient } from "@stockwire/service-kit/aws-clients";

const WAIT_SECONDS = 5;

/** Receives as many as come, works on all of them at the same time, and deletes each when it is done. */
export const receiveAll = async (
  QueueUrl: string,
  work: (message: Message) => Promise<void>,
): Promise<never> => {
  const sqs = createSqsClient();
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: WAIT_SECONDS }),
    );
    for (const message of Messages) {
      void work(message).then(() =>
        sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle })),
      );
    }
  }
};
