import { Stack } from "aws-cdk-lib";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { SecurityGroup } from "aws-cdk-lib/aws-ec2";
import type { ICluster } from "aws-cdk-lib/aws-ecs";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { askForSubscribers } from "../constructs/alert-subscribers.ts";
import type { ApiEntrance } from "../constructs/api-entrance.ts";
import { MetricsCollector } from "../constructs/metrics-collector.ts";
import { createOperatorAlarm } from "../constructs/operator-alarm.ts";
import { createOperatorDashboard } from "../constructs/operator-dashboard.ts";
import { PrometheusWorkspace } from "../constructs/prometheus-workspace.ts";
import type { SecurityGroups } from "../constructs/security-groups.ts";
import { operatorAlarms } from "../operator-alarms.ts";
import { operatorMetrics } from "../operator-metrics.ts";
import type { StockwireStackProps } from "./stack-props.ts";

export interface ObservabilityStackProps extends StockwireStackProps {
  readonly cluster: ICluster;
  readonly entrance: ApiEntrance;
  readonly groups: SecurityGroups;
  readonly namespaceName: string;
  readonly topicKeyArn: string;
}

/** Who is told when something is wrong, and where to look. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, props: ObservabilityStackProps) {
    const { parameters, names, topology, cluster, entrance, groups, namespaceName, topicKeyArn, ...rest } =
      props;
    super(scope, id, rest);
    const operators = new Topic(this, "Operators", {
      topicName: names.of("operators"),
      masterKey: Key.fromKeyArn(this, "TopicKey", topicKeyArn),
      enforceSSL: true,
    });
    // enforceSSL gives the topic a policy of its own, which takes the place of the one that lets CloudWatch publish.
    operators.grantPublish(
      new ServicePrincipal("cloudwatch.amazonaws.com", {
        conditions: {
          StringEquals: { "aws:SourceAccount": this.account },
          ArnLike: { "aws:SourceArn": names.arn("cloudwatch", `alarm:${names.of("*")}`) },
        },
      }),
    );
    askForSubscribers(this, operators, "Operator");

    const metrics = operatorMetrics(names);
    const { loadBalancer, targets } = entrance;
    const action = new SnsAction(operators);
    const alarms = operatorAlarms(names, { topology, parameters, metrics, loadBalancer, targets }).map(
      (alarm) => createOperatorAlarm(this, alarm, action),
    );
    createOperatorDashboard(this, names, { topology, metrics, alarms });

    const { workspace } = new PrometheusWorkspace(this, "Prometheus", { names, operators });
    new MetricsCollector(this, "Collector", {
      names,
      cluster,
      workspace,
      namespaceName,
      securityGroup: SecurityGroup.fromSecurityGroupId(this, "Group", groups.collector.securityGroupId, {
        mutable: false,
      }),
      logDays: parameters.logDays,
    });
  }
}
