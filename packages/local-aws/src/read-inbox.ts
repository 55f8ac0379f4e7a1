import { setTimeout as sleep } from "node:timers/promises";
import { DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { queueVariable } from "@stockwire/contracts/variables";
import { createClients, destroyClients, type Environment } from "./clients.ts";

/** What staff would have got by mail. */
export interface Notification {
  readonly subject: string;
  readonly message: string;
}

/**
 * Reads the inbox queue until told to stop, deleting each notification after `show` has returned. While the cloud
 * is away it waits.
 */
export const readInbox = async (
  environment: Environment,
  show: (notification: Notification) => void,
  signal: AbortSignal,
): Promise<void> => {
  const { sqs, ...others } = createClients(environment);
  const QueueUrl = environment[queueVariable("alert-inbox")];
  while (!signal.aborted) {
    try {
      const batch = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 10 }),
        { abortSignal: signal },
      );
      for (const { Body = "", ReceiptHandle } of batch.Messages ?? []) {
        show(parseEnvelope(Body));
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    } catch {
      // Told to stop, or the cloud is being restarted; whoever restarts it says so.
      // An aborted pause only ends early; the loop's condition sees the abort.
      await sleep(1000, undefined, { signal }).catch(() => {});
    }
  }
  destroyClients({ sqs, ...others });
};

/** SNS wraps what it delivers to a queue, unless delivery is raw. */
const parseEnvelope = (body: string): Notification => {
  try {
    const { Subject, Message } = JSON.parse(body) as { Subject?: string; Message?: string };
    if (typeof Message === "string") return { subject: Subject ?? "", message: Message };
  } catch {
    // raw text
  }
  return { subject: "", message: body };
};
