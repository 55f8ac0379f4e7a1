import { Aws } from "aws-cdk-lib";
import { CfnScalingPolicy, ScalableTarget, ServiceNamespace } from "aws-cdk-lib/aws-applicationautoscaling";
import type { FargateService } from "aws-cdk-lib/aws-ecs";
import { Role } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { backlogPerTask } from "../backlog-target.ts";
import type { WorkerParameters } from "../parameters.ts";
import { StepWake } from "./step-wake.ts";

export interface BacklogScalingProps {
  readonly service: FargateService;
  /** Physical name. */
  readonly queueName: string;
  readonly parameters: WorkerParameters;
}

/** Keeps the messages that wait for each running task near a target, and wakes a service that has none. */
export class BacklogScaling extends Construct {
  constructor(scope: Construct, id: string, { service, queueName, parameters }: BacklogScalingProps) {
    super(scope, id);
    const { tasks, backlog, size } = parameters;
    const clusterName = service.cluster.clusterName;
    const target = new ScalableTarget(this, "Target", {
      serviceNamespace: ServiceNamespace.ECS,
      resourceId: `service/${clusterName}/${service.serviceName}`,
      scalableDimension: "ecs:service:DesiredCount",
      minCapacity: tasks.fewest,
      maxCapacity: tasks.most,
      role: Role.fromRoleArn(
        this,
        "LinkedRole",
        `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
        { mutable: false },
      ),
    });
    const waiting = { namespace: "AWS/SQS", metricName: "ApproximateNumberOfMessagesVisible" };
    const running = { namespace: "ECS/ContainerInsights", metricName: "RunningTaskCount" };
    const queue = [{ name: "QueueName", value: queueName }];
    const tasksOf = [
      { name: "ClusterName", value: clusterName },
      { name: "ServiceName", value: service.serviceName },
    ];
    // By hand: CDK's own class for target tracking takes no metric math.
    new CfnScalingPolicy(this, "BacklogPerTask", {
      policyName: `${queueName}-backlog-per-task`,
      policyType: "TargetTrackingScaling",
      scalingTargetId: target.scalableTargetId,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: backlogPerTask(backlog, size),
        scaleOutCooldown: 30,
        scaleInCooldown: 120,
        customizedMetricSpecification: {
          metrics: [
            {
              id: "waiting",
              returnData: false,
              metricStat: { stat: "Maximum", metric: { ...waiting, dimensions: queue } },
            },
            {
              id: "running",
              returnData: false,
              metricStat: { stat: "Average", metric: { ...running, dimensions: tasksOf } },
            },
            {
              id: "backlogPerTask",
              label: "Messages waiting for each task",
              expression: "waiting / running",
              returnData: true,
            },
          ],
        },
      },
    });
    if (tasks.fewest === 0) {
      new StepWake(this, "Wake", { target, queueName, clusterName, serviceName: service.serviceName });
    }
  }
}
