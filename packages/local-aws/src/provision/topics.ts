import { CreateTopicCommand, SetTopicAttributesCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Topology } from "@stockwire/contracts/topology";
import { topicVariable } from "@stockwire/contracts/variables";

/** ARNs by logical name. */
export type Arns = ReadonlyMap<string, string>;

/** Creates topics (creating one again returns it) and lets the buckets that notify them publish. */
export const provisionTopics = async (
  sns: SNSClient,
  topology: Topology,
): Promise<{ arns: Arns; variables: Record<string, string> }> => {
  const arns = new Map<string, string>();
  const variables: Record<string, string> = {};
  for (const name of topology.topics) {
    const { TopicArn: arn = "" } = await sns.send(new CreateTopicCommand({ Name: name }));
    const sources = Object.entries(topology.buckets).filter(([, bucket]) => bucket.notifies === name);
    if (sources.length > 0) {
      const policy = allowBuckets(
        arn,
        sources.map(([bucket]) => `arn:aws:s3:::${bucket}`),
      );
      const attribute = { AttributeName: "Policy", AttributeValue: JSON.stringify(policy) };
      await sns.send(new SetTopicAttributesCommand({ TopicArn: arn, ...attribute }));
    }
    arns.set(name, arn);
    variables[topicVariable(name)] = arn;
  }
  return { arns, variables };
};

const allowBuckets = (topicArn: string, bucketArns: readonly string[]) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "bucket-notifications",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: { ArnEquals: { "aws:SourceArn": bucketArns } },
    },
  ],
});
