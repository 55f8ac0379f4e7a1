import { type Environment, resourcesOf, type Template } from "./templates.ts";

/** What an environment keeps running whether or not anything is sent. */
export interface Deployment {
  readonly tasks: readonly StandingTasks[];
  readonly loadBalancers: number;
  readonly natGateways: number;
  /** Interface endpoints times the zones that each stands in. */
  readonly endpointZones: number;
  /** Metrics that alarms look at, those of scaling policies included. */
  readonly alarmMetrics: number;
  readonly dashboards: number;
  readonly keys: number;
  /** True where CloudWatch keeps a metric of the tasks that run (Container Insights), which is charged for. */
  readonly containerInsights: boolean;
}

export interface StandingTasks {
  readonly service: string;
  /** Tasks that always run. */
  readonly count: number;
  /** vCPUs and GB of one task. */
  readonly cpu: number;
  readonly memory: number;
}

type Properties = Readonly<Record<string, unknown>>;

/** Counts an environment's standing resources in its templates. */
export const deploymentOf = (templates: readonly Template[], environment: Environment): Deployment => {
  const of = (type: string): Properties[] =>
    resourcesOf(templates, environment, type).map(([, properties]) => properties);
  const endpoints = of("AWS::EC2::VPCEndpoint").filter(
    ({ VpcEndpointType }) => VpcEndpointType === "Interface",
  );
  return {
    tasks: standingTasks(templates, environment),
    loadBalancers: of("AWS::ElasticLoadBalancingV2::LoadBalancer").length,
    natGateways: of("AWS::EC2::NatGateway").length,
    endpointZones: endpoints.reduce((sum, { SubnetIds }) => sum + (SubnetIds as unknown[]).length, 0),
    alarmMetrics:
      of("AWS::CloudWatch::Alarm").reduce((sum, alarm) => sum + metricsOf(alarm), 0) + 2 * scalingMetrics(of),
    dashboards: of("AWS::CloudWatch::Dashboard").length,
    keys: of("AWS::KMS::Key").length,
    containerInsights: JSON.stringify(of("AWS::ECS::Cluster")).includes(
      '"containerInsights","Value":"enabled"',
    ),
  };
};

/** Target tracking makes an alarm for scaling out and one for scaling in, each on all metrics of its expression. */
const scalingMetrics = (of: (type: string) => Properties[]): number =>
  of("AWS::ApplicationAutoScaling::ScalingPolicy").reduce((sum, policy) => {
    const tracking = policy.TargetTrackingScalingPolicyConfiguration as Properties | undefined;
    if (tracking === undefined) return sum;
    const metrics = (tracking.CustomizedMetricSpecification as Properties | undefined)?.Metrics;
    return sum + (Array.isArray(metrics) ? metrics.filter(({ MetricStat }) => MetricStat).length : 1);
  }, 0);

const metricsOf = ({ Metrics }: Properties): number =>
  Array.isArray(Metrics) ? metricsWithData(Metrics) : 1;

const metricsWithData = (metrics: readonly Properties[]): number =>
  metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;

const standingTasks = (templates: readonly Template[], environment: Environment): StandingTasks[] => {
  const definitions = new Map(resourcesOf(templates, environment, "AWS::ECS::TaskDefinition"));
  const targets = resourcesOf(templates, environment, "AWS::ApplicationAutoScaling::ScalableTarget");
  return resourcesOf(templates, environment, "AWS::ECS::Service").map(([id, service]) => {
    const definition = definitions.get(String((service.TaskDefinition as { Ref?: string })?.Ref)) ?? {};
    const target = targets.find(([, { ResourceId }]) => JSON.stringify(ResourceId).includes(`"${id}"`))?.[1];
    return {
      service: nameOf(definition) ?? id,
      count: Number(target?.MinCapacity ?? service.DesiredCount ?? 1),
      cpu: Number(definition.Cpu) / 1_024,
      memory: Number(definition.Memory) / 1_024,
    };
  });
};

/** The name of the first container of a task. */
export const nameOf = (definition: Properties): string | undefined =>
  (definition.ContainerDefinitions as { Name?: string }[] | undefined)?.[0]?.Name;
