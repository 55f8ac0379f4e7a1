import type { QueueDeclaration, TableDeclaration, Topology } from "@stockwire/contracts/topology";
import { Duration } from "aws-cdk-lib";
import { MathExpression } from "aws-cdk-lib/aws-cloudwatch";
import {
  type ApplicationLoadBalancer,
  type ApplicationTargetGroup,
  HttpCodeElb,
  HttpCodeTarget,
} from "aws-cdk-lib/aws-elasticloadbalancingv2";
import type { OperatorAlarm } from "./constructs/operator-alarm.ts";
import { PIPE_DEAD_LETTERS } from "./constructs/topology-queues.ts";
import type { Names } from "./names.ts";
import type { OperatorMetrics } from "./operator-metrics.ts";
import type { EnvironmentParameters } from "./parameters.ts";
import { serviceNames } from "./service-catalogue.ts";

type Described = Omit<OperatorAlarm, "alarmName">;

/** Seconds that the oldest message may wait; senders are promised minutes, not seconds, when much is sent. */
const OLDEST_SECONDS = 900;

const queueAlarms = ({ queues }: Topology, metrics: OperatorMetrics): Described[] =>
  Object.entries<QueueDeclaration>(queues)
    .filter(([, { localOnly }]) => !localOnly)
    .map(([name, { redrive }]) =>
      redrive
        ? {
            id: `${name}-old`,
            meaning: `Messages wait in ${name} for over a quarter of an hour.`,
            runbook: "alerts.md#backlognotcleared",
            metric: metrics.oldestMessage(name),
            threshold: OLDEST_SECONDS,
            minutes: 5,
          }
        : {
            id: `${name}-filled`,
            meaning: `${name} holds messages that were given up.`,
            runbook: "alerts.md#deadletters",
            metric: metrics.waiting(name),
            threshold: 1,
            minutes: 1,
          },
    );

const pipeAlarms = ({ pipes }: Topology, metrics: OperatorMetrics): Described[] => [
  {
    id: `${PIPE_DEAD_LETTERS}-filled`,
    meaning: "The pipe gave records of the stream up: staff may not have been told.",
    runbook: "aws.md#the-pipe-gave-records-up",
    metric: metrics.waiting(PIPE_DEAD_LETTERS),
    threshold: 1,
    minutes: 1,
  },
  ...Object.keys(pipes).map(
    (name): Described => ({
      id: `${name}-failing`,
      meaning: `The pipe ${name} has been failing for a quarter of an hour.`,
      runbook: "aws.md#the-pipe-gave-records-up",
      metric: metrics.pipe(name, "ExecutionFailed"),
      threshold: 1,
      minutes: 15,
    }),
  ),
];

const storeAlarms = ({ tables, topics }: Topology, metrics: OperatorMetrics): Described[] => [
  ...Object.entries<TableDeclaration>(tables).map(
    ([name, { indexes = {} }]): Described => ({
      id: `${name}-throttled`,
      meaning: `The table ${name} has refused requests for a quarter of an hour.`,
      runbook: "aws.md#a-table-is-throttled",
      metric: metrics.throttled(name, Object.keys(indexes)),
      threshold: 100,
      minutes: 15,
    }),
  ),
  ...topics.map(
    (name): Described => ({
      id: `${name}-undelivered`,
      meaning: `Messages of the topic ${name} could not be delivered.`,
      runbook: name === "NoStock" ? "operations.md#nobody-is-told" : "alerts.md#filesnotfinished",
      metric: metrics.undelivered(name),
      threshold: 1,
      minutes: 5,
    }),
  ),
];

const serviceAlarms = (parameters: EnvironmentParameters, metrics: OperatorMetrics): Described[] =>
  serviceNames.flatMap((name): Described[] => {
    const { tasks } = name === "upload-api" ? parameters.api : parameters.workers[name];
    const memory: Described = {
      id: `${name}-memory`,
      meaning: `Tasks of ${name} are near their limit of memory.`,
      runbook: "alerts.md#servicerestarting",
      metric: metrics.memory(name),
      threshold: 90,
      minutes: 5,
    };
    // One that may sleep is no fault while it sleeps; its queue's age tells when it should have woken.
    if (tasks.fewest === 0) return [memory];
    const down: Described = {
      id: `${name}-down`,
      meaning: `No task of ${name} runs.`,
      runbook: "alerts.md#servicedown",
      metric: metrics.runningTasks(name),
      threshold: 0,
      atMost: true,
      silenceIsBad: true,
      minutes: 5,
    };
    return [down, memory];
  });

const requestAlarms = (
  { metrics: balancer }: ApplicationLoadBalancer,
  { metrics: targets }: ApplicationTargetGroup,
): Described[] => {
  const period = Duration.minutes(5);
  return [
    {
      id: "requests-failing",
      meaning: "Over 5 % of requests to the API, and more than one, were answered with an error of ours.",
      runbook: "alerts.md#uploadsfailing",
      metric: new MathExpression({
        expression:
          "IF(FILL(ours, 0) + FILL(balancers, 0) > 1, 100 * (FILL(ours, 0) + FILL(balancers, 0)) / (FILL(all, 0) + FILL(balancers, 0)), 0)",
        // A load balancer without any target counts its own errors, but no request.
        usingMetrics: {
          ours: targets.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period, statistic: "Sum" }),
          balancers: balancer.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, { period, statistic: "Sum" }),
          all: balancer.requestCount({ period, statistic: "Sum" }),
        },
        period,
      }),
      threshold: 5,
      minutes: 10,
    },
    {
      id: "requests-slow",
      meaning: "One request in a hundred took over ten seconds until its answer began.",
      runbook: "alerts.md#uploadsslow",
      metric: targets.targetResponseTime({ period, statistic: "p99" }),
      threshold: 10,
      minutes: 10,
    },
    {
      id: "targets-unhealthy",
      meaning: "A task of the API is not ready.",
      runbook: "alerts.md#replicadown",
      metric: targets.unhealthyHostCount({ period: Duration.minutes(1), statistic: "Maximum" }),
      threshold: 1,
      minutes: 10,
    },
  ];
};

/** Everything that operators are woken or written to for by CloudWatch; Prometheus's rules say more, by metrics of our own. */
export const operatorAlarms = (
  names: Names,
  parts: {
    readonly topology: Topology;
    readonly parameters: EnvironmentParameters;
    readonly metrics: OperatorMetrics;
    readonly loadBalancer: ApplicationLoadBalancer;
    readonly targets: ApplicationTargetGroup;
  },
): OperatorAlarm[] => {
  const { topology, parameters, metrics } = parts;
  const collector: Described = {
    id: "collector-down",
    meaning: "No metrics arrive, so Prometheus's alerts are blind.",
    runbook: "aws.md#no-metrics-arrive",
    metric: metrics.runningTasks("collector"),
    threshold: 0,
    atMost: true,
    silenceIsBad: true,
    minutes: 10,
  };
  return [
    ...queueAlarms(topology, metrics),
    ...pipeAlarms(topology, metrics),
    ...storeAlarms(topology, metrics),
    ...serviceAlarms(parameters, metrics),
    ...requestAlarms(parts.loadBalancer, parts.targets),
    collector,
  ].map((alarm) => ({ ...alarm, alarmName: names.of(alarm.id) }));
};
