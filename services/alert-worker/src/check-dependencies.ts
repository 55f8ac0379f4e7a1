import { GetTopicAttributesCommand, type SNSClient } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { RecordedDays } from "@stockwire/service-kit/recorded-days";
import type { RunningService } from "@stockwire/service-kit/run-service";

/** What `/ready` asks: one cheap read of each dependency. */
export const dependencyChecks = (dependencies: {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly sns: SNSClient;
  readonly topicArn: string;
  readonly days: RecordedDays;
}): RunningService["checks"] => ({
  queue: async () => {
    const { sqs, queueUrl } = dependencies;
    await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["QueueArn"] }));
  },
  topic: async () => {
    await dependencies.sns.send(new GetTopicAttributesCommand({ TopicArn: dependencies.topicArn }));
  },
  table: async () => {
    await dependencies.days.list();
  },
});
