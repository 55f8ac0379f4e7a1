import { GetQueueUrlCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type QueueName, topology } from "@stockwire/contracts/topology";
import { queueVariable } from "@stockwire/contracts/variables";
import type { Environment } from "@stockwire/local-aws/clients";

/** A queue with its dead letters. */
export interface WorkQueue {
  /** Logical name of the queue that the letters came from. */
  readonly name: QueueName;
  readonly url: string;
  readonly deadLetterUrl: string;
}

/**
 * Every queue that has dead letters, or the one asked for. Physical names stand in the services' own variables
 * (`QUEUE_INGEST`, `QUEUE_INGEST_DLQ`); locally the logical names are the physical ones.
 * @throws Error with a line for the user
 */
export const findQueues = async (
  sqs: SQSClient,
  environment: Environment,
  asked: string | undefined,
): Promise<readonly WorkQueue[]> => {
  const all = Object.entries(topology.queues).flatMap(([name, { redrive }]) =>
    redrive === undefined
      ? []
      : [{ name: name as QueueName, deadLetters: redrive.deadLetterQueue as QueueName }],
  );
  const chosen = all.filter(({ name }) => asked === undefined || name === asked);
  if (chosen.length === 0) {
    throw new Error(
      `There is no queue ${asked}: ${all.map(({ name }) => name).join(", ")} have dead letters.`,
    );
  }
  return Promise.all(
    chosen.map(async ({ name, deadLetters }) => ({
      name,
      url: await urlOf(sqs, environment, name),
      deadLetterUrl: await urlOf(sqs, environment, deadLetters),
    })),
  );
};

const urlOf = async (sqs: SQSClient, environment: Environment, name: QueueName): Promise<string> => {
  const variable = queueVariable(name);
  const given = environment[variable];
  if (given) return given;
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    return QueueUrl ?? "";
  } catch (cause) {
    const refused = cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
    const why = refused ? "nothing answers there; is `npm start` running?" : `${variable} names its URL`;
    throw new Error(`The queue ${name} was not found: ${why}`, { cause });
  }
};
