import { Duration } from "aws-cdk-lib";
import { CfnScalingPolicy, type ScalableTarget } from "aws-cdk-lib/aws-applicationautoscaling";
import {
  Alarm,
  ComparisonOperator,
  MathExpression,
  Metric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";

export interface StepWakeProps {
  readonly target: ScalableTarget;
  /** Physical name. */
  readonly queueName: string;
  readonly clusterName: string;
  readonly serviceName: string;
}

/**
 * Adds a first task when a message waits and none runs. Target tracking alone would never: divided by no task the
 * backlog is no number, and it does nothing without one. The alarm looks at nothing else, so it neither adds to a
 * service that runs nor takes from it. SQS may need up to 15 minutes to report on a queue that lay idle for six hours.
 */
export class StepWake extends Construct {
  constructor(scope: Construct, id: string, props: StepWakeProps) {
    super(scope, id);
    const { clusterName, serviceName, queueName } = props;
    const policy = new CfnScalingPolicy(this, "FirstTask", {
      policyName: `${queueName}-first-task`,
      policyType: "StepScaling",
      scalingTargetId: props.target.scalableTargetId,
      stepScalingPolicyConfiguration: {
        adjustmentType: "ChangeInCapacity",
        // Longer than a task takes to start, so that one message brings one task.
        cooldown: 180,
        metricAggregationType: "Maximum",
        stepAdjustments: [{ metricIntervalLowerBound: 0, scalingAdjustment: 1 }],
      },
    });
    const minute = Duration.minutes(1);
    const alarm = new Alarm(this, "NobodyWorks", {
      alarmName: `${queueName}-nobody-works`,
      alarmDescription: "A message waits and no task runs: starts the first one.",
      metric: new MathExpression({
        expression: "IF(FILL(running, 0) < 1 AND waiting > 0, 1, 0)",
        period: minute,
        usingMetrics: {
          waiting: new Metric({
            namespace: "AWS/SQS",
            metricName: "ApproximateNumberOfMessagesVisible",
            dimensionsMap: { QueueName: queueName },
            statistic: "Maximum",
            period: minute,
          }),
          running: new Metric({
            namespace: "ECS/ContainerInsights",
            metricName: "RunningTaskCount",
            dimensionsMap: { ClusterName: clusterName, ServiceName: serviceName },
            statistic: "Maximum",
            period: minute,
          }),
        },
      }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction({ bind: () => ({ alarmActionArn: policy.ref }) });
  }
}
