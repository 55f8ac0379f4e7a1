import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";

const RUNBOOKS = "https://github.com/stockwire/stockwire/blob/main/docs/";

export interface OperatorAlarm {
  readonly id: string;
  readonly alarmName: string;
  /** What it means, in one sentence. */
  readonly meaning: string;
  /** File and anchor under docs/; a test follows each. */
  readonly runbook: `${string}.md#${string}`;
  readonly metric: IMetric;
  /** Alarms at or above; `atMost`: at or below. */
  readonly threshold: number;
  readonly atMost?: boolean;
  readonly minutes: number;
  /** What silence means: by default that all is well. */
  readonly silenceIsBad?: boolean;
}

/** Tells operators when it goes off and when it is over; the description leads to what to do. */
export const createOperatorAlarm = (scope: Construct, alarm: OperatorAlarm, action: IAlarmAction): Alarm => {
  const created = new Alarm(scope, alarm.id, {
    alarmName: alarm.alarmName,
    alarmDescription: `${alarm.meaning} ${RUNBOOKS}${alarm.runbook}`,
    metric: alarm.metric,
    threshold: alarm.threshold,
    evaluationPeriods: Math.max(
      1,
      Math.round(Duration.minutes(alarm.minutes).toSeconds() / periodOf(alarm.metric)),
    ),
    comparisonOperator: alarm.atMost
      ? ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: alarm.silenceIsBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
  created.addAlarmAction(action);
  created.addOkAction(action);
  return created;
};

const periodOf = (metric: IMetric): number => {
  const { metricStat, mathExpression } = metric.toMetricConfig();
  return metricStat?.period.toSeconds() ?? mathExpression?.period ?? 300;
};
