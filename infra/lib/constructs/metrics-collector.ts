import { Aws, Stack } from "aws-cdk-lib";
import type { CfnWorkspace } from "aws-cdk-lib/aws-aps";
import type { ISecurityGroup } from "aws-cdk-lib/aws-ec2";
import { FargateService, type ICluster } from "aws-cdk-lib/aws-ecs";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { Names } from "../names.ts";
import { serviceNames, services } from "../service-catalogue.ts";
import { collectorImage } from "../service-image.ts";
import { createHardenedTask } from "./hardened-task.ts";

export interface MetricsCollectorProps {
  readonly names: Names;
  readonly cluster: ICluster;
  readonly securityGroup: ISecurityGroup;
  /** Private zone in which every task has an A record under its service's name. */
  readonly namespaceName: string;
  readonly workspace: CfnWorkspace;
  readonly logDays: number;
}

/**
 * One task that asks every task's operations port for its metrics and hands them to the workspace. AWS's own
 * collectors find targets in EKS and MSK only. One is enough: while it is replaced a scrape or two is missing.
 */
export class MetricsCollector extends Construct {
  constructor(scope: Construct, id: string, { names, workspace, ...props }: MetricsCollectorProps) {
    super(scope, id);
    const taskRole = new Role(this, "TaskRole", {
      assumedBy: new ServicePrincipal("ecs-tasks.amazonaws.com"),
      inlinePolicies: {
        write: new PolicyDocument({
          statements: [new PolicyStatement({ actions: ["aps:RemoteWrite"], resources: [workspace.attrArn] })],
        }),
      },
    });
    const { taskDefinition } = createHardenedTask(this, {
      name: "collector",
      size: { cpu: 256, memory: 512 },
      taskRole,
      logGroupName: `/stockwire/${names.environment}/collector`,
      logDays: props.logDays,
      container: {
        image: collectorImage(),
        environment: {
          // JSON, which is YAML as well; values that only the deployment knows are put in by CloudFormation.
          AOT_CONFIG_CONTENT: Stack.of(this).toJsonString(configuration(props.namespaceName, workspace)),
        },
      },
    });
    new FargateService(this, "Service", {
      serviceName: names.of("collector"),
      cluster: props.cluster,
      taskDefinition,
      desiredCount: 1,
      vpcSubnets: { subnetGroupName: "private" },
      securityGroups: [props.securityGroup],
      assignPublicIp: false,
      // Two at once would write the same series twice.
      minHealthyPercent: 0,
      maxHealthyPercent: 100,
      circuitBreaker: { enable: true, rollback: true },
    });
  }
}

/** The jobs have the names that rules and dashboards know them by. */
const configuration = (namespaceName: string, workspace: CfnWorkspace) => ({
  extensions: { sigv4auth: { region: Aws.REGION, service: "aps" } },
  receivers: {
    prometheus: {
      config: {
        global: { scrape_interval: "15s", scrape_timeout: "10s" },
        scrape_configs: serviceNames.map((name) => ({
          job_name: name,
          dns_sd_configs: [
            {
              names: [`${name}.${namespaceName}`],
              type: "A",
              port: services[name].operationsPort,
              refresh_interval: "15s",
            },
          ],
        })),
      },
    },
  },
  processors: { batch: {} },
  exporters: {
    prometheusremotewrite: {
      endpoint: `${workspace.attrPrometheusEndpoint}api/v1/remote_write`,
      auth: { authenticator: "sigv4auth" },
    },
  },
  service: {
    extensions: ["sigv4auth"],
    pipelines: {
      metrics: {
        receivers: ["prometheus"],
        processors: ["batch"],
        exporters: ["prometheusremotewrite"],
      },
    },
  },
});
