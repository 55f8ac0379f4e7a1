import {
  AclCidr,
  AclTraffic,
  type ISubnet,
  type IVpc,
  NetworkAcl,
  TrafficDirection,
} from "aws-cdk-lib/aws-ec2";
import { acknowledge } from "../acknowledge.ts";

interface Passage {
  readonly direction: TrafficDirection;
  readonly with: string;
  readonly ports: readonly [first: number, last: number];
}

const ANYWHERE = "0.0.0.0/0";
/** What load balancers and NAT gateways take as their own end of a connection. */
const EPHEMERAL = [1024, 65_535] as const;
/** What Linux, and so a task, takes. */
const TASK_EPHEMERAL = [32_768, 60_999] as const;
const HTTPS = [443, 443] as const;

const into = (from: string, ports: Passage["ports"]): Passage => ({
  direction: TrafficDirection.INGRESS,
  with: from,
  ports,
});
const out = (to: string, ports: Passage["ports"]): Passage => ({
  direction: TrafficDirection.EGRESS,
  with: to,
  ports,
});

/**
 * A second fence behind the security groups, which are exact. Network ACLs keep no state and take no security
 * group or prefix list, so answers need their port ranges, and those of S3 and DynamoDB come from public addresses.
 * @param inside the VPC's own network, and `callers`: networks outside the VPC that may call an internal load balancer
 */
export const fencePrivateSubnets = (
  vpc: IVpc,
  subnets: readonly ISubnet[],
  { cidr, callers }: { readonly cidr: string; readonly callers: readonly string[] },
) =>
  fence(vpc, "PrivateAcl", subnets, [
    ...[cidr, ...callers].flatMap((network) => [into(network, HTTPS), out(network, EPHEMERAL)]),
    into(cidr, EPHEMERAL),
    out(ANYWHERE, HTTPS),
    into(ANYWHERE, TASK_EPHEMERAL),
  ]);

/** Where a NAT gateway or a public load balancer stands. */
export const fencePublicSubnets = (vpc: IVpc, subnets: readonly ISubnet[]) =>
  fence(vpc, "PublicAcl", subnets, [
    into(ANYWHERE, HTTPS),
    out(ANYWHERE, EPHEMERAL),
    out(ANYWHERE, HTTPS),
    into(ANYWHERE, EPHEMERAL),
  ]);

const fence = (vpc: IVpc, id: string, subnets: readonly ISubnet[], passages: readonly Passage[]): void => {
  const acl = new NetworkAcl(vpc, id, { vpc, subnetSelection: { subnets: [...subnets] } });
  for (const [index, passage] of passages.entries()) {
    const entry = acl.addEntry(`Entry${index}`, {
      ruleNumber: 100 + 10 * index,
      direction: passage.direction,
      cidr: AclCidr.ipv4(passage.with),
      traffic: AclTraffic.tcpPortRange(...passage.ports),
    });
    acknowledge(entry, "AwsSolutions-VPC3", "a second fence, wanted by whoever reviews the network");
  }
  acknowledge(acl, "AwsSolutions-VPC3", "a second fence, wanted by whoever reviews the network");
};
