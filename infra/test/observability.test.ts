import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type QueueDeclaration, topology } from "@stockwire/contracts/topology";
import t from "tap";
import { parse } from "yaml";
import { environments, prod } from "../lib/parameters.ts";
import { serviceNames, services } from "../lib/service-catalogue.ts";
import { buildEnvironment, type Loose, resourcesOf, written } from "./helpers.ts";

const root = join(import.meta.dirname, "../..");
const built = buildEnvironment(prod).templates;
const { observability } = built;
const alarms = resourcesOf(observability, "AWS::CloudWatch::Alarm").map(([, { Properties }]) => Properties);
const deploying = resourcesOf(built.services, "AWS::CloudWatch::Alarm").map(
  ([, { Properties }]) => Properties,
);

/** GitHub's anchors of a document's headings. */
const anchorsOf = (file: string): Set<string> =>
  new Set(
    [...readFileSync(join(root, "docs", file), "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    ),
  );

t.test("every alarm leads to a page of the runbook that is there", async (t) => {
  for (const { AlarmName, AlarmDescription } of [...alarms, ...deploying]) {
    const [, file = "", anchor = ""] = /docs\/([a-z]+\.md)#([a-z-]+)$/.exec(AlarmDescription) ?? [];
    t.ok(anchor !== "" && anchorsOf(file).has(anchor), `${AlarmName}: ${file}#${anchor}`);
  }
});

t.test("operators hear of every alarm, and of its end", async (t) => {
  for (const { AlarmName, AlarmActions, OKActions } of alarms) {
    t.equal(AlarmActions.length, 1, AlarmName);
    t.equal(OKActions.length, 1, AlarmName);
  }
  const policies = resourcesOf(observability, "AWS::SNS::TopicPolicy").flatMap(
    ([, { Properties }]) => Properties.PolicyDocument.Statement,
  );
  for (const [service, actions] of [
    ["cloudwatch.amazonaws.com", ["sns:Publish"]],
    ["aps.amazonaws.com", ["sns:GetTopicAttributes", "sns:Publish"]],
  ] as const) {
    const allowed = policies.filter(
      ({ Effect, Principal }) => Effect === "Allow" && Principal.Service === service,
    );
    t.same(
      allowed.map(({ Action }) => [Action].flat()),
      [actions],
      `${service} may publish`,
    );
  }
  const { OperatorEmail } = observability.toJSON().Parameters;
  t.equal(OperatorEmail.Default, undefined, "asked for at deploy");
});

t.test("every queue, table, pipe, topic and service is watched", async (t) => {
  const names = new Set(alarms.map(({ AlarmName }) => AlarmName));
  const wanted = [
    ...Object.entries<QueueDeclaration>(topology.queues)
      .filter(([, { localOnly }]) => !localOnly)
      .map(([name, { redrive }]) => `${name}-${redrive ? "old" : "filled"}`),
    ...Object.keys(topology.tables).map((name) => `${name}-throttled`),
    ...Object.keys(topology.pipes).map((name) => `${name}-failing`),
    ...topology.topics.map((name) => `${name}-undelivered`),
    ...serviceNames.flatMap((name) => [`${name}-down`, `${name}-memory`]),
    "alert-pipe-dlq-filled",
    "collector-down",
    "requests-failing",
    "requests-slow",
    "targets-unhealthy",
  ].map((name) => `stockwire-prod-${name}`);
  t.same([...names].sort(), wanted.sort());
  t.same(
    deploying.map(({ AlarmName }) => AlarmName).sort(),
    serviceNames.map((name) => `stockwire-prod-deploy-${name}`).sort(),
  );
});

t.test("Cloud Map tells Prometheus of eight tasks of a name at most, so there are no more", async (t) => {
  for (const { name, api, workers } of environments) {
    for (const { tasks } of [api, ...Object.values(workers)]) t.ok(tasks.most <= 8, `${name}: ${tasks.most}`);
  }
});

t.test("the collector asks every task's operations port under the jobs that rules know", async (t) => {
  const [[, task]] = resourcesOf(observability, "AWS::ECS::TaskDefinition") as [[string, Loose]];
  const [{ Value }] = task.Properties.ContainerDefinitions[0].Environment;
  const { receivers, exporters, service } = JSON.parse(written(Value));
  t.same(
    receivers.prometheus.config.scrape_configs.map(({ job_name, dns_sd_configs: [dns] }: Loose) => [
      job_name,
      dns.names,
      dns.port,
    ]),
    serviceNames.map((name) => [
      name,
      [`${name}.stockwire-prod-services.internal`],
      services[name].operationsPort,
    ]),
  );
  t.match(exporters.prometheusremotewrite.endpoint, /api\/v1\/remote_write$/);
  t.same(service.pipelines.metrics.exporters, ["prometheusremotewrite"]);
  const compose = parse(readFileSync(join(root, "docker/prometheus/prometheus.yml"), "utf8"));
  const jobs = compose.scrape_configs.map(({ job_name }: Loose) => job_name);
  t.ok(serviceNames.every((name) => jobs.includes(name)));
  t.match(task.Properties, { RuntimePlatform: { CpuArchitecture: "ARM64" } });
});

t.test("Prometheus runs the rules that Compose runs, and tells the operators", async (t) => {
  const folder = join(root, "docker/prometheus/rules");
  const rules = resourcesOf(observability, "AWS::APS::RuleGroupsNamespace").map(
    ([, { Properties }]) => Properties,
  );
  t.same(
    rules.map(({ Data }) => Data).sort(),
    readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), "utf8"))
      .sort(),
  );
  const [[, workspace]] = resourcesOf(observability, "AWS::APS::Workspace") as [[string, Loose]];
  const { alertmanager_config: text } = parse(written(workspace.Properties.AlertManagerDefinition));
  const { route, receivers } = parse(text);
  t.equal(route.receiver, receivers[0].name);
  t.match(receivers[0].sns_configs[0].topic_arn, /^<Operators/);
});
