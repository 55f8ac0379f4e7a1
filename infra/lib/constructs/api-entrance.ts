import { CfnParameter, Duration } from "aws-cdk-lib";
import type { ISecurityGroup, IVpc } from "aws-cdk-lib/aws-ec2";
import type { FargateService } from "aws-cdk-lib/aws-ecs";
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  DesyncMitigationMode,
  ListenerAction,
  ListenerCertificate,
  ListenerCondition,
  SslPolicy,
  TargetType,
} from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { Construct } from "constructs";
import { acknowledge } from "../acknowledge.ts";
import type { Names } from "../names.ts";
import type { ApiParameters } from "../parameters.ts";
import { API_PORT, services } from "../service-catalogue.ts";
import { ACCESS_LOGS } from "./private-bucket.ts";

export interface ApiEntranceProps {
  readonly vpc: IVpc;
  readonly securityGroup: ISecurityGroup;
  readonly names: Names;
  readonly parameters: ApiParameters;
  readonly retain: boolean;
}

const OPERATIONS_PORT = services["upload-api"].operationsPort;

/**
 * HTTPS to the API. What the operations port answers is never reached from outside: those paths end here, and the
 * listener that leads to it exists only while the load balancer itself is internal.
 */
export class ApiEntrance extends Construct {
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly targets: ApplicationTargetGroup;
  private readonly operations: ApplicationTargetGroup | undefined;

  constructor(
    scope: Construct,
    id: string,
    { vpc, securityGroup, names, parameters, retain }: ApiEntranceProps,
  ) {
    super(scope, id);
    const isPublic = parameters.exposure === "public";
    const certificate = new CfnParameter(this.node.scope as Construct, "CertificateArn", {
      allowedPattern: "^arn:[^:]+:acm:[^:]+:[0-9]{12}:certificate/.+$",
      description: "ARN of the certificate (ACM, same region) for the name under which the API is called",
    });
    this.loadBalancer = new ApplicationLoadBalancer(this, "LoadBalancer", {
      loadBalancerName: names.of(isPublic ? "api-public" : "api"),
      vpc,
      internetFacing: isPublic,
      vpcSubnets: { subnetGroupName: isPublic ? "public" : "private" },
      securityGroup,
      deletionProtection: retain,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: DesyncMitigationMode.STRICTEST,
      // Between the API's own limit for a body that stalls (60 s) and for an idle connection (72 s), so that it is
      // always the API that speaks first and never a connection that it has just closed that is used again.
      idleTimeout: Duration.seconds(65),
    });
    for (const [key, value] of [
      ["access_logs.s3.enabled", "true"],
      ["access_logs.s3.bucket", names.bucket(ACCESS_LOGS)],
      ["access_logs.s3.prefix", "load-balancer"],
    ] as const) {
      this.loadBalancer.setAttribute(key, value);
    }
    const targetGroup = (groupId: string, port: number) =>
      // Named after the exposure: a group cannot serve two load balancers, also not while one replaces the other.
      new ApplicationTargetGroup(this, isPublic ? `Public${groupId}` : groupId, {
        vpc,
        port,
        protocol: ApplicationProtocol.HTTP,
        targetType: TargetType.IP,
        // Uploads under way are let finish before the task is told to stop.
        deregistrationDelay: Duration.seconds(120),
        healthCheck: {
          port: String(OPERATIONS_PORT),
          path: "/ready",
          interval: Duration.seconds(15),
          timeout: Duration.seconds(10),
          healthyThresholdCount: 2,
          unhealthyThresholdCount: 10,
        },
      });
    const secure = {
      protocol: ApplicationProtocol.HTTPS,
      sslPolicy: SslPolicy.RECOMMENDED_TLS,
      certificates: [ListenerCertificate.fromArn(certificate.valueAsString)],
      open: false,
    };
    this.targets = targetGroup("Api", API_PORT);
    const listener = this.loadBalancer.addListener(isPublic ? "PublicHttps" : "Https", {
      ...secure,
      port: 443,
      defaultTargetGroups: [this.targets],
    });
    listener.addAction("OperationsStayInside", {
      priority: 1,
      conditions: [ListenerCondition.pathPatterns(["/metrics", "/live", "/ready"])],
      action: ListenerAction.fixedResponse(404),
    });
    if (isPublic) {
      acknowledge(
        this.loadBalancer,
        "AwsSolutions-EC23",
        "a parameter opened it; every route that shows or changes anything asks for a key or a token",
      );
      return;
    }
    this.operations = targetGroup("Operations", OPERATIONS_PORT);
    this.loadBalancer.addListener("InternalOperations", {
      ...secure,
      port: OPERATIONS_PORT,
      defaultTargetGroups: [this.operations],
    });
  }

  /** The tasks that answer. */
  leadTo(service: FargateService): void {
    const container = (containerPort: number) =>
      service.loadBalancerTarget({ containerName: "upload-api", containerPort });
    this.targets.addTarget(container(API_PORT));
    this.operations?.addTarget(container(OPERATIONS_PORT));
  }
}
