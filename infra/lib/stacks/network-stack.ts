import { Fn, RemovalPolicy, Stack } from "aws-cdk-lib";
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
  type SubnetConfiguration,
  SubnetType,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { throughDynamoDb, throughInterface, throughS3 } from "../constructs/endpoint-policies.ts";
import { fencePrivateSubnets, fencePublicSubnets } from "../constructs/network-acls.ts";
import { drawSecurityGroups, type SecurityGroups } from "../constructs/security-groups.ts";
import { endpointServices } from "../endpoint-services.ts";
import type { EnvironmentParameters } from "../parameters.ts";
import type { StockwireStackProps } from "./stack-props.ts";

/** Where everything runs, and the only ways in and out. */
export class NetworkStack extends Stack {
  readonly vpc: IVpc;
  readonly groups: SecurityGroups;

  constructor(
    scope: Construct,
    id: string,
    { parameters, names, topology: _, ...props }: StockwireStackProps,
  ) {
    super(scope, id, props);
    const { network, api } = parameters;
    const vpc = new Vpc(this, "Vpc", {
      vpcName: names.of("vpc"),
      ipAddresses: IpAddresses.cidr(network.cidr),
      // By position, so that no look-up is needed; a region has three zones or more.
      availabilityZones: Array.from({ length: network.zones }, (_zone, index) =>
        Fn.select(index, Fn.getAzs()),
      ),
      natGateways: network.wayOut === "nat" ? 1 : 0,
      subnetConfiguration: subnetsOf(parameters),
      flowLogs: {
        Refused: {
          trafficType: FlowLogTrafficType.REJECT,
          destination: FlowLogDestination.toCloudWatchLogs(
            new LogGroup(this, "FlowLog", {
              logGroupName: `/stockwire/${names.environment}/refused-traffic`,
              retention: parameters.logDays,
              removalPolicy: RemovalPolicy.DESTROY,
            }),
          ),
        },
      },
    });
    const s3 = vpc.addGatewayEndpoint("S3", { service: GatewayVpcEndpointAwsService.S3 });
    for (const statement of throughS3(names)) s3.addToPolicy(statement);
    const dynamoDb = vpc.addGatewayEndpoint("DynamoDb", { service: GatewayVpcEndpointAwsService.DYNAMODB });
    for (const statement of throughDynamoDb(names)) dynamoDb.addToPolicy(statement);
    // CDK's own types do not fit each other under exactOptionalPropertyTypes.
    this.vpc = vpc as IVpc;
    this.groups = drawSecurityGroups(this, this.vpc, parameters);
    const privateSubnets = this.vpc.selectSubnets({ subnetGroupName: "private" }).subnets;
    fencePrivateSubnets(this.vpc, privateSubnets, {
      cidr: network.cidr,
      callers: api.exposure === "internal" ? api.callers : [],
    });
    if (this.vpc.publicSubnets.length > 0) fencePublicSubnets(this.vpc, this.vpc.publicSubnets);

    const { endpoints } = this.groups;
    if (endpoints === undefined) return;
    for (const [name, service] of Object.entries(endpointServices)) {
      const endpoint = this.vpc.addInterfaceEndpoint(name, {
        service,
        subnets: { subnets: privateSubnets },
        securityGroups: [endpoints],
        open: false,
        privateDnsEnabled: true,
      });
      for (const statement of throughInterface(name)) endpoint.addToPolicy(statement);
    }
  }
}

/** Public ones come last, so that adding them later moves no private one. */
const subnetsOf = ({ network, api }: EnvironmentParameters): SubnetConfiguration[] => {
  const isNat = network.wayOut === "nat";
  const subnetType = isNat ? SubnetType.PRIVATE_WITH_EGRESS : SubnetType.PRIVATE_ISOLATED;
  const isPublic = isNat || api.exposure === "public";
  return [
    { name: "private", subnetType, cidrMask: 20 },
    ...(isPublic
      ? [{ name: "public", subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false }]
      : []),
  ];
};
