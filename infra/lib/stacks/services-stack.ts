import type { QueueDeclaration } from "@stockwire/contracts/topology";
import { CfnOutput, Stack } from "aws-cdk-lib";
import { type IVpc, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { Cluster, ContainerInsights, type ICluster } from "aws-cdk-lib/aws-ecs";
import { PrivateDnsNamespace } from "aws-cdk-lib/aws-servicediscovery";
import type { Construct } from "constructs";
import { ApiEntrance } from "../constructs/api-entrance.ts";
import { BacklogScaling } from "../constructs/backlog-scaling.ts";
import { failingMessages, failingRequests } from "../constructs/deployment-alarms.ts";
import { Firewall } from "../constructs/firewall.ts";
import type { SecurityGroups } from "../constructs/security-groups.ts";
import { StockwireService } from "../constructs/stockwire-service.ts";
import { CLUSTER, type ServiceName, services, workerNames } from "../service-catalogue.ts";
import { takesPeople } from "../takes-people.ts";
import { apiEnvironment } from "../task-environment.ts";
import type { DashboardSite } from "./dashboard-stack.ts";
import type { StockwireStackProps } from "./stack-props.ts";

export interface ServicesStackProps extends StockwireStackProps {
  readonly vpc: IVpc;
  readonly groups: SecurityGroups;
  readonly topicKeyArn: string;
  readonly site: DashboardSite;
}

/** What runs. It holds nothing: it may be torn down and made again at any time. */
export class ServicesStack extends Stack {
  readonly cluster: ICluster;
  readonly entrance: ApiEntrance;
  readonly namespaceName: string;

  constructor(scope: Construct, id: string, { parameters, names, topology, ...props }: ServicesStackProps) {
    super(scope, id, props);
    const { vpc, groups, topicKeyArn, site } = props;
    const { api, logDays, retention } = parameters;
    this.cluster = new Cluster(this, "Cluster", {
      clusterName: names.of(CLUSTER),
      vpc,
      enableFargateCapacityProviders: true,
      // RunningTaskCount, by which backlogs are divided, comes from there.
      containerInsightsV2: ContainerInsights.ENABLED,
    }) as ICluster;
    this.namespaceName = `${names.of("services")}.internal`;
    const namespace = new PrivateDnsNamespace(this, "Namespace", { name: this.namespaceName, vpc });
    // Who may speak to whom is drawn in the network stack; nothing here adds to it.
    const fixed = (name: string, { securityGroupId }: { securityGroupId: string }) =>
      SecurityGroup.fromSecurityGroupId(this, `${name}-group`, securityGroupId, { mutable: false });
    const common = (service: ServiceName) => ({
      service,
      names,
      cluster: this.cluster,
      namespace,
      topicKeyArn,
      logDays,
      retention,
      subnets: { subnetGroupName: "private" },
      securityGroup: fixed(service, groups.tasks[service]),
    });

    this.entrance = new ApiEntrance(this, "Entrance", {
      vpc,
      names,
      parameters: api,
      securityGroup: fixed("load-balancer", groups.loadBalancer),
      retain: parameters.isProtected,
    });
    const { service } = new StockwireService(this, "upload-api", {
      ...common("upload-api"),
      size: api.size,
      spotPercent: 0,
      deploymentAlarms: [failingRequests(this, names, this.entrance.targets)],
      behindLoadBalancer: true,
      environment: apiEnvironment(names, api.size, {
        origins: [site.origin, ...api.origins],
        people: takesPeople(parameters) ? site.people : undefined,
        signInKeys: api.signInKeys,
      }),
    });
    this.entrance.leadTo(service);
    const scaling = service.autoScaleTaskCount({
      minCapacity: api.tasks.fewest,
      maxCapacity: api.tasks.most,
    });
    scaling.scaleOnCpuUtilization("Processor", { targetUtilizationPercent: api.cpuPercent });
    scaling.scaleOnRequestCount("Requests", {
      targetGroup: this.entrance.targets,
      requestsPerTarget: api.requestsPerTaskAndMinute,
    });
    if (api.firewall) {
      new Firewall(this, "Firewall", { names, resourceArn: this.entrance.loadBalancer.loadBalancerArn });
    }

    for (const worker of workerNames) {
      const { queue } = services[worker];
      const { redrive }: QueueDeclaration = topology.queues[queue];
      const workerParameters = parameters.workers[worker];
      const { service: tasks } = new StockwireService(this, worker, {
        ...common(worker),
        size: workerParameters.size,
        spotPercent: workerParameters.spotPercent,
        deploymentAlarms: redrive ? [failingMessages(this, names, worker, redrive.deadLetterQueue)] : [],
        behindLoadBalancer: false,
      });
      new BacklogScaling(this, `${worker}-scaling`, {
        service: tasks,
        queueName: names.of(queue),
        parameters: workerParameters,
      });
    }
    new CfnOutput(this, "ApiAddress", { value: this.entrance.loadBalancer.loadBalancerDnsName });
    new CfnOutput(this, "InventoryBucket", { value: names.bucket("inventory") });
  }
}
