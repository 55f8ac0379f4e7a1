import {
  CreateQueueCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import { createSqsClient } from "../src/aws-clients.ts";
import { createLogger } from "../src/logger.ts";
import { createMetrics } from "../src/metrics.ts";
import { type QueueWorkerOptions, startQueueWorker } from "../src/queue-worker.ts";

/** Log lines as objects, in order, and a promise of the next one that says `message`. */
const captureLog = () => {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger("test", "debug", { write: (line) => lines.push(JSON.parse(line)) });
  const count = (message: string) => lines.filter(({ msg }) => msg === message).length;
  return { log, lines, count };
};

/** Polls for an outcome; tap's own timeout ends a wait in vain. */
export const until = async (happened: () => boolean): Promise<void> => {
  while (!happened()) await new Promise((resolve) => setTimeout(resolve, 10));
};

/** A cloud with a fresh pair of queues for each test. */
export const startTestQueues = async () => {
  const cloud = await startLocalCloud({ log: () => undefined });
  Object.assign(process.env, cloud.environment);
  const sqs = createSqsClient();
  let queues = 0;

  const receive = async (queueUrl: string, waitSeconds = 0): Promise<Message[]> => {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: waitSeconds,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["ApproximateReceiveCount"],
      }),
    );
    return Messages ?? [];
  };

  const createQueue = async (name: string): Promise<string> => {
    await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: "60" } }));
    // The emulator answers with a host that only its own DNS would know.
    return `${cloud.environment.AWS_ENDPOINT_URL_SQS}/000000000000/${name}`;
  };

  return {
    sqs,
    receive,
    environment: cloud.environment,
    /** A queue with its dead-letter queue, and workers on it. */
    createPair: async () => {
      queues += 1;
      const queueUrl = await createQueue(`queue-${queues}`);
      const deadLetterUrl = await createQueue(`queue-${queues}-dlq`);
      const captured = captureLog();
      const metrics = createMetrics("test");
      return {
        queueUrl,
        deadLetterUrl,
        metrics,
        ...captured,
        send: async (...bodies: string[]): Promise<void> => {
          for (const body of bodies) {
            await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
          }
        },
        startWorker: (options: Partial<QueueWorkerOptions> & Pick<QueueWorkerOptions, "handle">) =>
          startQueueWorker({
            queue: "test",
            sqs,
            queueUrl,
            deadLetterUrl,
            concurrency: 10,
            visibilitySeconds: 60,
            waitSeconds: 1,
            log: captured.log,
            metrics,
            countFailure: async (message) => ({ attempts: message.receiveCount, limit: 5 }),
            ...options,
          }),
      };
    },
    stop: async (): Promise<void> => {
      sqs.destroy();
      await cloud.stop();
    },
  };
};

/** Makes the first `times` calls of a command fail before they reach the service. */
export const failCommand = (sqs: SQSClient, command: string, times: number): void => {
  let calls = 0;
  sqs.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === command) {
        calls += 1;
        if (calls <= times) throw Object.assign(new Error("connection lost"), { code: "ECONNRESET" });
      }
      return next(args);
    },
    { step: "initialize" },
  );
};
