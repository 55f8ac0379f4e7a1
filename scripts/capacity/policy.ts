import { nameOf } from "../cost/deployment.ts";
import { type Environment, resourcesOf, type Template } from "../cost/templates.ts";

/** How the number of ingest tasks follows the work. */
export interface Policy {
  readonly fewest: number;
  readonly most: number;
  /** vCPUs and GB of a task. */
  readonly cpu: number;
  readonly memory: number;
  /** Files that a task works on at the same time, and reads of 100 rows under way for each. */
  readonly concurrency: number;
  readonly parallelReads: number;
  /**
   * What is kept near `target`: visible messages for each running task, or the tasks' average CPU load in per cent;
   * `none` leaves the number at `fewest`.
   */
  readonly metric: "backlog" | "cpu" | "none";
  readonly target: number;
  readonly scaleInCooldownSeconds: number;
  /** With no task running, any message at all starts one. Without it a lone message would never be worth a task. */
  readonly wakes: boolean;
}

type Properties = Readonly<Record<string, unknown>>;

/** The ingest worker's policy as an environment's templates deploy it, and nothing from anywhere else. */
export const readPolicy = (templates: readonly Template[], environment: Environment): Policy => {
  const of = (type: string) => resourcesOf(templates, environment, type);
  const [definitionId, definition] = one(
    of("AWS::ECS::TaskDefinition").filter(
      ([, properties]) => nameOf(properties)?.includes("ingest") ?? false,
    ),
    "task definition",
  );
  const [serviceId] = one(
    of("AWS::ECS::Service").filter(([, { TaskDefinition }]) => refersTo(TaskDefinition, definitionId)),
    "service",
  );
  const [targetId, range] = one(
    of("AWS::ApplicationAutoScaling::ScalableTarget").filter(([, { ResourceId }]) =>
      JSON.stringify(ResourceId).includes(`"${serviceId}"`),
    ),
    "scalable target",
  );
  const policies = of("AWS::ApplicationAutoScaling::ScalingPolicy").filter(([, { ScalingTargetId }]) =>
    refersTo(ScalingTargetId, targetId),
  );
  const [, { TargetTrackingScalingPolicyConfiguration: tracking }] = one(
    policies.filter(([, { PolicyType }]) => PolicyType === "TargetTrackingScaling"),
    "target tracking policy",
  );
  const { TargetValue, ScaleInCooldown = 300 } = tracking as Properties;
  return {
    fewest: Number(range.MinCapacity),
    most: Number(range.MaxCapacity),
    cpu: Number(definition.Cpu) / 1_024,
    memory: Number(definition.Memory) / 1_024,
    concurrency: setting(definition, "INGEST_CONCURRENCY", 8),
    parallelReads: setting(definition, "INGEST_PARALLEL_READS", 4),
    metric: "backlog",
    target: Number(TargetValue),
    scaleInCooldownSeconds: Number(ScaleInCooldown),
    wakes: policies.some(([, { PolicyType }]) => PolicyType === "StepScaling"),
  };
};

/** What a task is told, or else what the worker takes where it is told nothing. */
const setting = (definition: Properties, name: string, otherwise: number): number => {
  const containers = definition.ContainerDefinitions as { Environment?: { Name: string; Value: string }[] }[];
  const given = containers.flatMap(({ Environment = [] }) => Environment).find(({ Name }) => Name === name);
  return Number(given?.Value ?? otherwise);
};

const refersTo = (value: unknown, id: string): boolean => (value as { Ref?: string } | undefined)?.Ref === id;

const one = <Found>(found: readonly Found[], what: string): Found => {
  if (found.length !== 1)
    throw new Error(`the templates have ${found.length} of the ingest worker's ${what}`);
  return found[0] as Found;
};
