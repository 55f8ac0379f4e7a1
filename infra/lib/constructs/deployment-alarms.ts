import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { type ApplicationTargetGroup, HttpCodeTarget } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import type { Construct } from "constructs";
import type { Names } from "../names.ts";

const RUNBOOK = "https://github.com/stockwire/stockwire/blob/main/docs/aws.md#a-deployment-was-rolled-back";

/** They stand before the service does: ECS refuses to watch an alarm that is not there. */
const common = {
  comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  treatMissingData: TreatMissingData.NOT_BREACHING,
};

/** A version that answers with errors is taken back. */
export const failingRequests = (scope: Construct, names: Names, targets: ApplicationTargetGroup): Alarm =>
  new Alarm(scope, "DeployFailingRequests", {
    ...common,
    alarmName: names.of("deploy-upload-api"),
    alarmDescription: `The API answers with errors; a deployment under way is rolled back. ${RUNBOOK}`,
    metric: targets.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, {
      period: Duration.minutes(1),
      statistic: "Sum",
    }),
    threshold: 5,
    evaluationPeriods: 2,
  });

/**
 * A version that gives up message after message is taken back. Counted by what is sent to the dead-letter queue, not
 * by what lies there: letters of an earlier day must not stop the deployment that mends them.
 */
export const failingMessages = (scope: Construct, names: Names, worker: string, deadLetters: string): Alarm =>
  new Alarm(scope, `Deploy-${worker}`, {
    ...common,
    alarmName: names.of(`deploy-${worker}`),
    alarmDescription: `${worker} gives messages up; a deployment under way is rolled back. ${RUNBOOK}`,
    metric: new Metric({
      namespace: "AWS/SQS",
      metricName: "NumberOfMessagesSent",
      dimensionsMap: { QueueName: names.of(deadLetters) },
      statistic: "Sum",
      period: Duration.minutes(1),
    }),
    threshold: 3,
    evaluationPeriods: 3,
    datapointsToAlarm: 1,
  });
