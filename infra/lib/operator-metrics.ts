import { Duration } from "aws-cdk-lib";
import { MathExpression, Metric } from "aws-cdk-lib/aws-cloudwatch";
import type { Names } from "./names.ts";
import { CLUSTER } from "./service-catalogue.ts";

const period = Duration.minutes(5);

/** CloudWatch's own metrics of our resources, by name, as alarms and dashboard show them. */
export const operatorMetrics = (names: Names) => {
  const queue = (metricName: string) => (name: string) =>
    new Metric({
      namespace: "AWS/SQS",
      metricName,
      dimensionsMap: { QueueName: names.of(name) },
      statistic: "Maximum",
      period: Duration.minutes(1),
      label: name,
    });
  const table = (name: string, metricName: string) =>
    new Metric({
      namespace: "AWS/DynamoDB",
      metricName,
      dimensionsMap: { TableName: names.of(name) },
      statistic: "Sum",
      period,
      label: name,
    });
  const indexOf = (name: string, index: string, metricName: string) =>
    new Metric({
      namespace: "AWS/DynamoDB",
      metricName,
      dimensionsMap: { TableName: names.of(name), GlobalSecondaryIndexName: index },
      statistic: "Sum",
      period,
    });
  const service = (namespace: string, metricName: string, statistic: string) => (name: string) =>
    new Metric({
      namespace,
      metricName,
      dimensionsMap: { ClusterName: names.of(CLUSTER), ServiceName: names.of(name) },
      statistic,
      period: Duration.minutes(1),
      label: name,
    });
  return {
    oldestMessage: queue("ApproximateAgeOfOldestMessage"),
    waiting: queue("ApproximateNumberOfMessagesVisible"),
    runningTasks: service("ECS/ContainerInsights", "RunningTaskCount", "Minimum"),
    memory: service("AWS/ECS", "MemoryUtilization", "Maximum"),
    processor: service("AWS/ECS", "CPUUtilization", "Average"),
    writeUnits: (name: string) => table(name, "ConsumedWriteCapacityUnits"),
    /** Of a table and of each of its indexes, which CloudWatch counts apart. */
    throttled: (name: string, indexes: readonly string[]) => {
      // Ids must differ within a graph that shows several tables.
      const usingMetrics = {
        [`reads${name}`]: table(name, "ReadThrottleEvents"),
        [`writes${name}`]: table(name, "WriteThrottleEvents"),
        ...Object.fromEntries(
          indexes.map((index) => [`writes${name}_${index}`, indexOf(name, index, "WriteThrottleEvents")]),
        ),
      };
      const sum = Object.keys(usingMetrics).map((id) => `FILL(${id}, 0)`);
      return new MathExpression({ expression: sum.join(" + "), usingMetrics, period, label: name });
    },
    undelivered: (name: string) =>
      new Metric({
        namespace: "AWS/SNS",
        metricName: "NumberOfNotificationsFailed",
        dimensionsMap: { TopicName: names.of(name) },
        statistic: "Sum",
        period,
        label: name,
      }),
    pipe: (name: string, metricName: string) =>
      new Metric({
        namespace: "AWS/EventBridge/Pipes",
        metricName,
        dimensionsMap: { PipeName: names.of(name) },
        statistic: "Sum",
        period,
        label: metricName,
      }),
  };
};

export type OperatorMetrics = ReturnType<typeof operatorMetrics>;
