import type { QueueDeclaration, Topology } from "@stockwire/contracts/topology";
import type { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { Names } from "../names.ts";

/** The topology's topics by logical name. */
export const createTopics = (
  scope: Construct,
  { topics }: Topology,
  names: Names,
  masterKey: Key,
): Map<string, Topic> =>
  new Map(
    topics.map((name) => [
      name,
      new Topic(scope, `${name}-topic`, { topicName: names.of(name), masterKey, enforceSSL: true }),
    ]),
  );

/** What a topic is told goes to its queues. */
export const subscribeQueues = (
  { subscriptions, queues }: Topology,
  topics: ReadonlyMap<string, Topic>,
  created: ReadonlyMap<string, Queue>,
): void => {
  for (const { topic, queue, rawMessageDelivery, localOnly } of subscriptions) {
    const { localOnly: isLocalQueue } = queues[queue] as QueueDeclaration;
    if (localOnly || isLocalQueue) continue;
    const [from, to] = [topics.get(topic), created.get(queue)];
    if (!from || !to) throw new Error(`the subscription of ${queue} to ${topic} lacks one of them`);
    from.addSubscription(new SqsSubscription(to, { rawMessageDelivery }));
  }
};
