import { Duration, RemovalPolicy } from "aws-cdk-lib";
import {
  AwsLogDriverMode,
  Capability,
  type ContainerDefinition,
  type ContainerDefinitionOptions,
  CpuArchitecture,
  FargateTaskDefinition,
  LinuxParameters,
  LogDrivers,
  OperatingSystemFamily,
} from "aws-cdk-lib/aws-ecs";
import type { Role } from "aws-cdk-lib/aws-iam";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { acknowledge } from "../acknowledge.ts";
import type { TaskSize } from "../parameters.ts";
import { PLATFORM_STOP_SECONDS } from "../service-catalogue.ts";

export interface HardenedTaskProps {
  readonly name: string;
  readonly size: TaskSize;
  readonly taskRole: Role;
  readonly logGroupName: string;
  readonly logDays: number;
  readonly container: Pick<
    ContainerDefinitionOptions,
    "image" | "environment" | "healthCheck" | "portMappings" | "user" | "command"
  >;
}

/** A task with one container that may change nothing and holds no privilege; its log outlives it. */
export const createHardenedTask = (
  scope: Construct,
  { name, size, taskRole, ...props }: HardenedTaskProps,
): { readonly taskDefinition: FargateTaskDefinition; readonly container: ContainerDefinition } => {
  const taskDefinition = new FargateTaskDefinition(scope, "Task", {
    family: props.logGroupName.slice(1).replaceAll("/", "-"),
    cpu: size.cpu,
    memoryLimitMiB: size.memory,
    taskRole,
    runtimePlatform: {
      cpuArchitecture: CpuArchitecture.ARM64,
      operatingSystemFamily: OperatingSystemFamily.LINUX,
    },
  });
  const linuxParameters = new LinuxParameters(scope, "Linux", { initProcessEnabled: true });
  linuxParameters.dropCapabilities(Capability.ALL);
  const logGroup = new LogGroup(scope, "Log", {
    logGroupName: props.logGroupName,
    retention: props.logDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const container = taskDefinition.addContainer(name, {
    ...props.container,
    containerName: name,
    // The task's own limit cannot be seen from inside; by this one the process knows how much it may take.
    memoryLimitMiB: size.memory,
    essential: true,
    readonlyRootFilesystem: true,
    linuxParameters,
    stopTimeout: Duration.seconds(PLATFORM_STOP_SECONDS),
    // A log that cannot be written must not hold up the work.
    logging: LogDrivers.awsLogs({ logGroup, streamPrefix: name, mode: AwsLogDriverMode.NON_BLOCKING }),
  });
  const executionRole = taskDefinition.obtainExecutionRole();
  acknowledge(executionRole, "AwsSolutions-IAM5[Resource::*]", "ecr:GetAuthorizationToken takes no resource");
  acknowledge(
    taskDefinition,
    "AwsSolutions-ECS2",
    "names of resources, none of them secret; credentials come from the task's role",
  );
  return { taskDefinition, container };
};
