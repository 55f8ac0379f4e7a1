import {
  paginateListSubscriptionsByTopic,
  SetSubscriptionAttributesCommand,
  type SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import type { Topology } from "@stockwire/contracts/topology";
import type { Arns } from "./topics.ts";

/** Subscribes queues to topics. Subscribing again with other attributes would be an error, so it looks first. */
export const provisionSubscriptions = async (
  sns: SNSClient,
  topology: Topology,
  topicArns: Arns,
  queueArns: Arns,
): Promise<void> => {
  for (const { topic, queue, rawMessageDelivery } of topology.subscriptions) {
    const topicArn = topicArns.get(topic);
    const queueArn = queueArns.get(queue);
    const raw = String(rawMessageDelivery);
    const existing = await findSubscription(sns, topicArn, queueArn);
    if (existing) {
      const attribute = { AttributeName: "RawMessageDelivery", AttributeValue: raw };
      await sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn: existing, ...attribute }));
    } else {
      const target = { TopicArn: topicArn, Protocol: "sqs", Endpoint: queueArn };
      await sns.send(new SubscribeCommand({ ...target, Attributes: { RawMessageDelivery: raw } }));
    }
  }
};

const findSubscription = async (
  sns: SNSClient,
  topicArn: string | undefined,
  queueArn: string | undefined,
): Promise<string | undefined> => {
  for await (const page of paginateListSubscriptionsByTopic({ client: sns }, { TopicArn: topicArn })) {
    const found = page.Subscriptions?.find(({ Endpoint }) => Endpoint === queueArn);
    if (found) return found.SubscriptionArn;
  }
  return undefined;
};
