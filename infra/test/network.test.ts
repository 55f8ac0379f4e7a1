import t from "tap";
import { endpointServices } from "../lib/endpoint-services.ts";
import { dev, type EnvironmentParameters, prod } from "../lib/parameters.ts";
import { serviceNames } from "../lib/service-catalogue.ts";
import { callsOf } from "./aws-calls.ts";
import { buildEnvironment, type Loose, resourcesOf, written } from "./helpers.ts";

const inDev = buildEnvironment(dev).templates;
const inProd = buildEnvironment(prod).templates;

/** What the platform itself calls on behalf of a task, and the collector of metrics. */
const PLATFORM = ["ecr.api", "ecr.dkr", "logs", "aps-workspaces"];
const GATEWAYS = ["s3", "dynamodb"];
/** Calls that leave no task: ECS's agent is reached inside it. */
const INSIDE = "ecs-agent";

t.test(
  "without NAT there is an endpoint for every service that a task calls, and for no other",
  async (t) => {
    const called = new Set(
      serviceNames
        .flatMap((service) => [...callsOf(service)])
        .map((call) => call.split("/")[0] as string)
        .filter((sdk) => sdk !== INSIDE)
        .map(
          (sdk) => ({ "lib-dynamodb": "dynamodb", "sqs-consumer": "sqs" })[sdk] ?? sdk.replace("client-", ""),
        ),
    );
    const needed = [...PLATFORM, ...[...called].filter((service) => !GATEWAYS.includes(service))].sort();
    t.same(Object.keys(endpointServices).sort(), needed);
    const endpoints = resourcesOf(inProd.network, "AWS::EC2::VPCEndpoint").map(
      ([, { Properties }]) => Properties,
    );
    const nameOf = (name: unknown) =>
      (typeof name === "string" ? name : written(name)).replace(/^com\.amazonaws\.<AWS::Region>\./, "");
    const ofType = (type: string) =>
      endpoints
        .filter(({ VpcEndpointType }) => VpcEndpointType === type)
        .map(({ ServiceName }) => nameOf(ServiceName));
    t.same(ofType("Gateway").sort(), GATEWAYS.toSorted());
    t.same(ofType("Interface").sort(), needed);
    for (const { VpcEndpointType, PrivateDnsEnabled, SubnetIds } of endpoints) {
      if (VpcEndpointType !== "Interface") continue;
      t.ok(PrivateDnsEnabled);
      t.equal(SubnetIds.length, prod.network.zones);
    }
  },
);

t.test("dev has one NAT gateway and no interface endpoint, prod no way out at all", async (t) => {
  inDev.network.resourceCountIs("AWS::EC2::NatGateway", 1);
  inDev.network.resourceCountIs("AWS::EC2::VPCEndpoint", GATEWAYS.length);
  inProd.network.resourceCountIs("AWS::EC2::NatGateway", 0);
  inProd.network.resourceCountIs("AWS::EC2::InternetGateway", 0);
  inProd.network.resourceCountIs("AWS::EC2::Subnet", 3);
  t.equal(
    resourcesOf(inProd.network, "AWS::EC2::Route").length,
    0,
    "the only routes are the gateway endpoints' own",
  );
});

t.test("nothing of anybody else's passes an endpoint", async (t) => {
  const ours = {
    StringEquals: {
      "aws:PrincipalAccount": { Ref: "AWS::AccountId" },
      "aws:ResourceAccount": { Ref: "AWS::AccountId" },
    },
  };
  for (const [name, { network }] of Object.entries({ dev: inDev, prod: inProd })) {
    const policies = new Map(
      resourcesOf(network, "AWS::EC2::VPCEndpoint").map(([, { Properties }]) => {
        const service = Properties.ServiceName;
        return [
          (typeof service === "string" ? service : written(service)).replace(
            /^com\.amazonaws\.(<.*?>|[a-z0-9-]+)\./,
            "",
          ),
          Properties.PolicyDocument?.Statement as Loose[] | undefined,
        ];
      }),
    );
    const [buckets, layers, ...more] = policies.get("s3") ?? [];
    const bucketArn = `arn:<AWS::Partition>:s3:::stockwire-${name}-*-<AWS::AccountId>-<AWS::Region>`;
    t.same(buckets.Resource.map(written).sort(), [`${bucketArn}/*`, bucketArn].sort());
    t.same([buckets.Action, buckets.Principal, buckets.Condition], ["s3:*", "*", ours]);
    t.equal(layers.Action, "s3:GetObject", "images are read, and nothing is left there");
    t.equal(written(layers.Resource), "arn:<AWS::Partition>:s3:::prod-<AWS::Region>-starport-layer-bucket/*");
    t.same(more, []);
    t.match(policies.get("dynamodb"), [{ Action: "dynamodb:*", Principal: "*", Condition: ours }]);
    t.equal(
      written(policies.get("dynamodb")?.[0].Resource),
      `arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/stockwire-${name}-*`,
    );
    for (const [service, statements] of policies) {
      if (GATEWAYS.includes(service)) continue;
      if (service.startsWith("ecr.")) t.equal(statements, undefined, `${service} is left open`);
      else t.match(statements, [{ Action: "*", Resource: "*", Principal: "*", Condition: ours }], service);
    }
  }
});

t.test("zones are taken by position, not looked up", async (t) => {
  const zones = resourcesOf(inProd.network, "AWS::EC2::Subnet").map(
    ([, { Properties }]) => Properties.AvailabilityZone,
  );
  t.same(
    zones.map((zone) => zone["Fn::Select"][0]),
    [0, 1, 2],
  );
});

t.test("security groups let through what is drawn", async (t) => {
  const name = (group: unknown) => written(group).replace(/^<(.*?)(group)?[0-9A-F]{8}\.GroupId>$/i, "$1");
  const lines = (type: "Ingress" | "Egress") =>
    resourcesOf(inProd.network, `AWS::EC2::SecurityGroup${type}`)
      // What CDK writes where nothing is allowed: an address that nobody can have.
      .filter(([, { Properties: rule }]) => rule.CidrIp !== "255.255.255.255/32")
      .map(([, { Properties: rule }]) => {
        const other = rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId;
        const peer = other ? name(other) : (rule.CidrIp ?? written(rule.DestinationPrefixListId));
        const [from, to] = type === "Ingress" ? [peer, name(rule.GroupId)] : [name(rule.GroupId), peer];
        t.equal(rule.FromPort, rule.ToPort);
        return `${from} -> ${to}:${rule.FromPort}`;
      })
      .sort();
  const tasks = ["uploadapi", "ingestworker", "alertworker", "invoiceworker"];
  const operations = tasks.map((task, index) => `Collector -> ${task}:${9101 + index}`);
  const between = ["LoadBalancer -> uploadapi:8080", "LoadBalancer -> uploadapi:9101", ...operations];
  const callers = [...tasks, "Collector"];
  t.same(
    lines("Ingress"),
    [
      ...between,
      "10.50.0.0/16 -> LoadBalancer:443",
      "10.50.0.0/16 -> LoadBalancer:9101",
      ...callers.map((from) => `${from} -> Endpoint:443`),
    ].sort(),
  );
  const destinations = ["Endpoint", "<S3PrefixList>", "<DynamoDbPrefixList>"];
  t.same(
    lines("Egress"),
    [...between, ...callers.flatMap((from) => destinations.map((to) => `${from} -> ${to}:443`))].sort(),
  );
  for (const [id, { Properties }] of resourcesOf(inProd.network, "AWS::EC2::SecurityGroup")) {
    t.notOk(JSON.stringify(Properties.SecurityGroupEgress ?? []).includes("0.0.0.0/0"), id);
  }
});

t.test("network ACLs fence every subnet", async (t) => {
  for (const template of [inDev.network, inProd.network]) {
    t.equal(
      resourcesOf(template, "AWS::EC2::SubnetNetworkAclAssociation").length,
      resourcesOf(template, "AWS::EC2::Subnet").length,
    );
    for (const [id, { Properties }] of resourcesOf(template, "AWS::EC2::NetworkAclEntry")) {
      t.equal(Properties.Protocol, 6, `${id}: TCP only`);
      if (Properties.Egress || Properties.CidrBlock !== "0.0.0.0/0") continue;
      t.ok(Properties.PortRange.From === 443 || Properties.PortRange.From >= 1024, id);
    }
  }
});

t.test("the API is internal until a parameter opens it", async (t) => {
  const internal = resourcesOf(inProd.services, "AWS::ElasticLoadBalancingV2::LoadBalancer");
  t.match(internal, [[/./, { Properties: { Scheme: "internal" } }]]);
  const open: EnvironmentParameters = {
    ...prod,
    api: { ...prod.api, exposure: "public", callers: ["198.51.100.7/32"], firewall: true },
  };
  const { network, services } = buildEnvironment(open).templates;
  t.match(resourcesOf(services, "AWS::ElasticLoadBalancingV2::LoadBalancer"), [
    [/./, { Properties: { Scheme: "internet-facing" } }],
  ]);
  network.hasResourceProperties("AWS::EC2::SecurityGroupIngress", {
    CidrIp: "198.51.100.7/32",
    FromPort: 443,
  });
  services.resourceCountIs("AWS::WAFv2::WebACLAssociation", 1);
  t.same(
    resourcesOf(services, "AWS::ElasticLoadBalancingV2::Listener").map(
      ([, { Properties }]) => Properties.Port,
    ),
    [443],
    "and then nothing leads to the operations port",
  );
});
