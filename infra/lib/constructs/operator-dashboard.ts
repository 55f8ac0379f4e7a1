import type { QueueDeclaration, TableDeclaration, Topology } from "@stockwire/contracts/topology";
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
} from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import type { Names } from "../names.ts";
import type { OperatorMetrics } from "../operator-metrics.ts";
import { serviceNames } from "../service-catalogue.ts";

/** What CloudWatch knows, on one page: alarms, queues, tasks, tables. The services' own metrics are in Prometheus. */
export const createOperatorDashboard = (
  scope: Construct,
  names: Names,
  { topology, metrics, alarms }: { topology: Topology; metrics: OperatorMetrics; alarms: IAlarm[] },
): Dashboard => {
  const queues = Object.entries<QueueDeclaration>(topology.queues).filter(([, { localOnly }]) => !localOnly);
  const work = queues.filter(([, { redrive }]) => redrive).map(([name]) => name);
  const dead = queues.filter(([, { redrive }]) => !redrive).map(([name]) => name);
  const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 12, height: 6 });
  return new Dashboard(scope, "Dashboard", {
    dashboardName: names.of("overview"),
    widgets: [
      [new AlarmStatusWidget({ title: "Alarms", alarms, width: 24, height: 4 })],
      [
        graph("Messages waiting", work.map(metrics.waiting)),
        graph("Age of the oldest message (s)", work.map(metrics.oldestMessage)),
      ],
      [
        graph("Dead letters", dead.map(metrics.waiting)),
        graph("Tasks running", serviceNames.map(metrics.runningTasks)),
      ],
      [
        graph("Processor (%)", serviceNames.map(metrics.processor)),
        graph("Memory (%)", serviceNames.map(metrics.memory)),
      ],
      [
        graph("Write units in five minutes", Object.keys(topology.tables).map(metrics.writeUnits)),
        graph(
          "Throttled requests",
          Object.entries<TableDeclaration>(topology.tables).map(([name, { indexes = {} }]) =>
            metrics.throttled(name, Object.keys(indexes)),
          ),
        ),
      ],
    ],
  });
};
