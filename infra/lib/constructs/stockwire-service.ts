import { Duration } from "aws-cdk-lib";
import type { IAlarm } from "aws-cdk-lib/aws-cloudwatch";
import type { ISecurityGroup, SubnetSelection } from "aws-cdk-lib/aws-ec2";
import {
  AlarmBehavior,
  AvailabilityZoneRebalancing,
  FargateService,
  type ICluster,
  PropagatedTagSource,
  Protocol,
} from "aws-cdk-lib/aws-ecs";
import { DnsRecordType, type INamespace } from "aws-cdk-lib/aws-servicediscovery";
import { Construct } from "constructs";
import type { Names } from "../names.ts";
import type { RetentionParameters, TaskSize } from "../parameters.ts";
import { API_PORT, type ServiceName, services } from "../service-catalogue.ts";
import { serviceImage } from "../service-image.ts";
import { taskEnvironment } from "../task-environment.ts";
import { createHardenedTask } from "./hardened-task.ts";
import { createTaskRole } from "./task-role.ts";

export interface StockwireServiceProps {
  readonly service: ServiceName;
  readonly names: Names;
  readonly cluster: ICluster;
  readonly namespace: INamespace;
  readonly subnets: SubnetSelection;
  readonly securityGroup: ISecurityGroup;
  readonly topicKeyArn: string;
  readonly size: TaskSize;
  /** Share of tasks on Fargate Spot, 0 to 100. */
  readonly spotPercent: number;
  readonly retention: RetentionParameters;
  readonly logDays: number;
  /** What rolls a deployment back besides tasks that do not come up. */
  readonly deploymentAlarms: readonly IAlarm[];
  readonly behindLoadBalancer: boolean;
  /** Variables besides those that follow from the service's configuration. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** One of the four services: its tasks, its role, its place in the name server, and how a new version comes in. */
export class StockwireService extends Construct {
  readonly service: FargateService;

  constructor(scope: Construct, id: string, props: StockwireServiceProps) {
    super(scope, id);
    const { service, names, cluster } = props;
    const { operationsPort } = services[service];
    const taskRole = createTaskRole(this, service, names, {
      topicKeyArn: props.topicKeyArn,
    });
    const ports = service === "upload-api" ? [API_PORT, operationsPort] : [operationsPort];
    const { taskDefinition } = createHardenedTask(this, {
      name: service,
      size: props.size,
      taskRole,
      logGroupName: `/stockwire/${names.environment}/${service}`,
      logDays: props.logDays,
      container: {
        image: serviceImage(service),
        user: "1000:1000",
        environment: { ...taskEnvironment(service, names, props.retention), ...props.environment },
        portMappings: ports.map((containerPort) => ({ containerPort, protocol: Protocol.TCP })),
        healthCheck: readyCheck(operationsPort),
      },
    });
    this.service = new FargateService(this, "Service", {
      serviceName: names.of(service),
      cluster,
      taskDefinition,
      vpcSubnets: props.subnets,
      securityGroups: [props.securityGroup],
      assignPublicIp: false,
      capacityProviderStrategies: capacityOf(props.spotPercent),
      // New tasks work before old ones go; old ones finish what they hold, see task-protection.ts in service-kit.
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      deploymentAlarms: {
        alarmNames: props.deploymentAlarms.map(({ alarmName }) => alarmName),
        behavior: AlarmBehavior.ROLLBACK_ON_ALARM,
      },
      availabilityZoneRebalancing: AvailabilityZoneRebalancing.ENABLED,
      ...(props.behindLoadBalancer && { healthCheckGracePeriod: Duration.seconds(60) }),
      // One A record a task, which is how Prometheus finds every replica: eight at most, see MOST_TASKS.
      cloudMapOptions: {
        cloudMapNamespace: props.namespace,
        name: service,
        dnsRecordType: DnsRecordType.A,
        dnsTtl: Duration.seconds(10),
      },
      enableExecuteCommand: false,
      propagateTags: PropagatedTagSource.SERVICE,
    });
    for (const alarm of props.deploymentAlarms) this.service.node.addDependency(alarm);
  }
}

/** As in the image, which ECS does not look at. Patient: while AWS itself is in trouble, new tasks would help nobody. */
const readyCheck = (port: number) => ({
  command: [
    "CMD",
    "node",
    "-e",
    `http.get("http://127.0.0.1:${port}/ready", ({statusCode}) => process.exit(statusCode === 200 ? 0 : 1)).on("error", () => process.exit(1))`,
  ],
  interval: Duration.seconds(30),
  timeout: Duration.seconds(10),
  retries: 10,
  startPeriod: Duration.seconds(60),
});

const capacityOf = (spotPercent: number) =>
  [
    { capacityProvider: "FARGATE", base: spotPercent < 100 ? 1 : 0, weight: 100 - spotPercent },
    { capacityProvider: "FARGATE_SPOT", weight: spotPercent },
  ].filter(({ weight }) => weight > 0);
