import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { QueueDeclaration, QueueName, Topology } from "@stockwire/contracts/topology";
import { queueVariable } from "@stockwire/contracts/variables";
import type { Arns } from "./topics.ts";

/**
 * Creates queues and sets their attributes. The attributes come in a second step, because creating a queue that
 * exists with other attributes is an error, and because a redrive policy needs the dead-letter queue's ARN.
 */
export const provisionQueues = async (
  sqs: SQSClient,
  topology: Topology,
  topicArns: Arns,
): Promise<{ arns: Arns; variables: Record<string, string> }> => {
  const names = Object.keys(topology.queues) as QueueName[];
  const urls = new Map<string, string>();
  const arns = new Map<string, string>();
  const variables: Record<string, string> = {};
  for (const name of names) {
    const created = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    const url = await usableUrl(sqs, created.QueueUrl ?? "");
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }),
    );
    urls.set(name, url);
    arns.set(name, Attributes?.QueueArn ?? "");
    variables[queueVariable(name)] = url;
  }
  for (const name of names) {
    const feeding = topology.subscriptions.filter(({ queue }) => queue === name);
    const sources = feeding.map(({ topic }) => topicArns.get(topic) ?? "");
    const attributes = queueAttributes(topology.queues[name], arns.get(name) ?? "", arns, sources);
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: urls.get(name), Attributes: attributes }));
  }
  return { arns, variables };
};

/**
 * The SDK sends to the host in a queue's URL. Emulators put names there that not every machine resolves
 * (`sqs.us-east-1.localhost`), and on a chosen endpoint only the path counts.
 */
const usableUrl = async (sqs: SQSClient, url: string): Promise<string> => {
  const endpoint = await sqs.config.endpoint?.();
  if (!endpoint) return url;
  const port = endpoint.port === undefined ? "" : `:${endpoint.port}`;
  return `${endpoint.protocol}//${endpoint.hostname}${port}${new URL(url).pathname}`;
};

const queueAttributes = (
  queue: QueueDeclaration,
  arn: string,
  arns: Arns,
  sources: readonly string[],
): Record<string, string> => ({
  VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
  MessageRetentionPeriod: String(queue.retentionSeconds),
  ...(queue.redrive && {
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: arns.get(queue.redrive.deadLetterQueue),
      maxReceiveCount: queue.redrive.maxReceiveCount,
    }),
  }),
  ...(sources.length > 0 && { Policy: JSON.stringify(allowTopics(arn, sources)) }),
});

const allowTopics = (queueArn: string, topicArns: readonly string[]) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "topic-deliveries",
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queueArn,
      Condition: { ArnEquals: { "aws:SourceArn": topicArns } },
    },
  ],
});
