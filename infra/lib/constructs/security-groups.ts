import { CfnParameter } from "aws-cdk-lib";
import { type IPeer, type IVpc, Peer, Port, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import type { Construct } from "constructs";
import type { EnvironmentParameters } from "../parameters.ts";
import { API_PORT, type ServiceName, serviceNames, services } from "../service-catalogue.ts";

export interface SecurityGroups {
  readonly loadBalancer: SecurityGroup;
  readonly tasks: Readonly<Record<ServiceName, SecurityGroup>>;
  readonly collector: SecurityGroup;
  /** Absent where a NAT gateway is the way out. */
  readonly endpoints: SecurityGroup | undefined;
}

const HTTPS = Port.tcp(443);

/** Who may speak to whom. Everything that is not written here is refused, also on the way out. */
export const drawSecurityGroups = (
  scope: Construct,
  vpc: IVpc,
  { api, network }: EnvironmentParameters,
): SecurityGroups => {
  const group = (id: string, description: string) =>
    new SecurityGroup(scope, id, { vpc, description, allowAllOutbound: false, disableInlineRules: true });
  const inside = Peer.ipv4(network.cidr);
  const loadBalancer = group("LoadBalancerGroup", "Load balancer of the API");
  const collector = group("CollectorGroup", "Collector of metrics");
  const tasks = Object.fromEntries(
    serviceNames.map((name) => [name, group(`${name}-group`, `Tasks of ${name}`)]),
  ) as Record<ServiceName, SecurityGroup>;
  const endpoints =
    network.wayOut === "endpoints"
      ? group("EndpointGroup", "Interface endpoints of AWS services")
      : undefined;

  const callers = api.callers.length > 0 ? api.callers : [network.cidr];
  for (const caller of callers) {
    loadBalancer.addIngressRule(Peer.ipv4(caller), HTTPS, "HTTPS from callers of the API");
  }
  loadBalancer.connections.allowTo(tasks["upload-api"], Port.tcp(API_PORT), "requests to the API");
  const apiOperations = Port.tcp(services["upload-api"].operationsPort);
  loadBalancer.connections.allowTo(tasks["upload-api"], apiOperations, "health checks");
  if (api.exposure === "internal") {
    loadBalancer.addIngressRule(inside, apiOperations, "operations of the API, inside only");
  }

  for (const name of serviceNames) {
    collector.connections.allowTo(tasks[name], Port.tcp(services[name].operationsPort), "metrics");
  }
  const destinations = awsDestinations(scope, endpoints);
  for (const from of [collector, ...Object.values(tasks)]) {
    endpoints?.addIngressRule(from, HTTPS, "AWS calls of a task");
    for (const { peer, what } of destinations) from.addEgressRule(peer, HTTPS, `HTTPS to ${what}`);
  }
  return { loadBalancer, tasks, collector, endpoints };
};

/**
 * Gateway endpoints are reached at S3's and DynamoDB's public addresses, which a security group can name by their
 * prefix list only. Its id differs by region, and templates cannot look it up, so it is asked for at deploy.
 */
const awsDestinations = (
  scope: Construct,
  endpoints: SecurityGroup | undefined,
): { peer: IPeer; what: string }[] => {
  if (endpoints === undefined) return [{ peer: Peer.anyIpv4(), what: "AWS, through the NAT gateway" }];
  const prefixList = (id: string, service: string) => {
    const parameter = new CfnParameter(scope, id, {
      allowedPattern: "^pl-[0-9a-f]{8,17}$",
      description: `aws ec2 describe-managed-prefix-lists --filters Name=prefix-list-name,Values=com.amazonaws.REGION.${service}`,
    });
    return { peer: Peer.prefixList(parameter.valueAsString), what: service };
  };
  return [
    { peer: endpoints, what: "interface endpoints" },
    prefixList("S3PrefixList", "s3"),
    prefixList("DynamoDbPrefixList", "dynamodb"),
  ];
};
