import { readConfig, requiredVariables } from "@stockwire/service-kit/config";
import t from "tap";
import { alertWorkerConfig } from "../../services/alert-worker/src/config.ts";
import { ingestConfig } from "../../services/ingest-worker/src/config.ts";
import { invoiceConfig } from "../../services/invoice-worker/src/config.ts";
import { config as apiConfig } from "../../services/upload-api/src/config.ts";
import { PART_LIMITS } from "../../services/upload-api/src/intake/limits.ts";
import { backlogPerTask } from "../lib/backlog-target.ts";
import { concurrentUploads } from "../lib/concurrent-uploads.ts";
import { dev, type EnvironmentParameters, prod } from "../lib/parameters.ts";
import { type ServiceName, serviceNames, services, workerNames } from "../lib/service-catalogue.ts";
import { buildEnvironment, type Loose, named, resourcesOf, written } from "./helpers.ts";

const built = buildEnvironment(prod).templates;
const template = built.services;

const definitions: Readonly<Record<ServiceName, Parameters<typeof requiredVariables>[0]>> = {
  "upload-api": apiConfig,
  "ingest-worker": ingestConfig,
  "alert-worker": alertWorkerConfig,
  "invoice-worker": invoiceConfig,
};

/** Settings whose defaults do not suit Fargate, or that an environment decides. */
const BESIDES: Readonly<Record<ServiceName, readonly string[]>> = {
  "upload-api": [
    "RECEIPT_DAYS",
    "STOP_TIMEOUT_SECONDS",
    "REPORT_ENGINE",
    "ATHENA_WORKGROUP",
    "ATHENA_DATABASE",
    "TRUST_PROXY",
    "MAX_CONCURRENT_UPLOADS",
    "CORS_ORIGINS",
  ],
  "ingest-worker": ["RECEIPT_DAYS", "STOP_TIMEOUT_SECONDS", "FINISH_SECONDS"],
  "alert-worker": ["ALERT_DAYS", "STOP_TIMEOUT_SECONDS"],
  "invoice-worker": ["RECEIPT_DAYS", "STOP_TIMEOUT_SECONDS", "FINISH_SECONDS"],
};

const taskOf = (service: ServiceName): Loose =>
  named(template, "AWS::ECS::TaskDefinition", "Family", `stockwire-prod-${service}`).Properties;
const serviceOf = (service: ServiceName): Loose =>
  named(template, "AWS::ECS::Service", "ServiceName", `stockwire-prod-${service}`).Properties;

for (const service of serviceNames) {
  t.test(`${service}: every variable that its configuration requires, and no other`, async (t) => {
    const [container] = taskOf(service).ContainerDefinitions;
    const variables: Record<string, string> = Object.fromEntries(
      container.Environment.map(({ Name, Value }: Loose) => [Name, written(Value)]),
    );
    const definition = definitions[service];
    t.same(Object.keys(variables).sort(), [...requiredVariables(definition), ...BESIDES[service]].sort());
    const settings = Object.keys(definition.settings.properties);
    t.ok(
      BESIDES[service].every((name) => settings.includes(name)),
      "the service knows each of them",
    );
    t.ok(readConfig(definition, variables), "and it starts with them");
    t.equal(variables.OPERATIONS_PORT, String(services[service].operationsPort));
    t.equal(container.Secrets, undefined);
    if (service === "upload-api") {
      t.match(variables.CORS_ORIGINS, /^https:\/\/<stockwire-prod-dashboard:/, "the dashboard's own address");
      t.equal(variables.TRUST_PROXY, "1", "the load balancer");
    }
    t.notOk(Object.keys(variables).some((name) => /^(?!TABLE_).*(SECRET|PASSWORD|TOKEN|_KEY)/.test(name)));
    t.ok(Number(variables.STOP_TIMEOUT_SECONDS) < container.StopTimeout, "it ends before it is killed");
    t.equal(container.StopTimeout, 120);
    if (variables.FINISH_SECONDS) {
      const poll = 5 + 5;
      t.ok(Number(variables.FINISH_SECONDS) + poll < Number(variables.STOP_TIMEOUT_SECONDS));
    }
  });

  t.test(`${service}: a task may change nothing and holds no privilege`, async (t) => {
    const task = taskOf(service);
    const [container] = task.ContainerDefinitions;
    t.same(task.RuntimePlatform, { CpuArchitecture: "ARM64", OperatingSystemFamily: "LINUX" });
    t.equal(container.ReadonlyRootFilesystem, true);
    t.equal(container.User, "1000:1000");
    t.same(container.LinuxParameters.Capabilities, { Drop: ["ALL"] });
    t.equal(container.LinuxParameters.InitProcessEnabled, true);
    t.match(container.HealthCheck.Command.join(" "), `:${services[service].operationsPort}/ready`);
    t.equal(container.LogConfiguration.Options.mode, "non-blocking");
    t.equal(serviceOf(service).NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp, "DISABLED");
    t.equal(serviceOf(service).EnableExecuteCommand, false);
  });

  t.test(`${service}: a bad deployment is taken back, a good one costs nothing`, async (t) => {
    const { DeploymentConfiguration: deployment, ServiceRegistries } = serviceOf(service);
    t.match(deployment, {
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
      Alarms: { Enable: true, Rollback: true },
    });
    t.equal(deployment.Alarms.AlarmNames.length, 1);
    t.equal(ServiceRegistries.length, 1, "every task is found by name");
  });
}

t.test("people may sign in where the keys of their tokens can be fetched", async (t) => {
  const variablesOf = (environment: EnvironmentParameters): Record<string, string> => {
    const { services: found } = buildEnvironment(environment).templates;
    const family = `stockwire-${environment.name}-upload-api`;
    const { Properties } = named(found, "AWS::ECS::TaskDefinition", "Family", family);
    const [container] = Properties.ContainerDefinitions;
    return Object.fromEntries(container.Environment.map(({ Name, Value }: Loose) => [Name, written(Value)]));
  };
  const origins = ["https://till.example", "https://stock.example:8443"];
  const inDev = variablesOf({ ...dev, api: { ...dev.api, origins } });
  t.match(inDev.COGNITO_USER_POOL_ID, /^<stockwire-dev-dashboard:/);
  t.match(inDev.COGNITO_CLIENT_ID, /^<stockwire-dev-dashboard:/);
  t.same(inDev.CORS_ORIGINS?.split(",").slice(1), origins);
  t.ok(readConfig(apiConfig, inDev));
  const inProd = variablesOf(prod);
  t.equal(inProd.COGNITO_USER_POOL_ID, undefined, "there is no way out to Cognito");
  t.equal(inProd.COGNITO_CLIENT_ID, undefined);
  const signInKeys = JSON.stringify({ keys: [] });
  const withKeys = variablesOf({ ...prod, api: { ...prod.api, signInKeys } });
  t.match(withKeys, { COGNITO_USER_POOL_ID: /^<stockwire-prod-dashboard:/, COGNITO_JWKS: signInKeys });
});

t.test("a task takes as many large uploads at once as fit its memory", async (t) => {
  t.same(
    [512, 1024, 2048].map((memory) => concurrentUploads({ memory })),
    [12, 33, 76],
  );
  t.throws(() => concurrentUploads({ memory: 247 }), /too few/);
  const [container] = taskOf("upload-api").ContainerDefinitions;
  const told = container.Environment.find(({ Name }: Loose) => Name === "MAX_CONCURRENT_UPLOADS");
  t.equal(told.Value, String(concurrentUploads(prod.api.size)));
  // One filling, the others on their way; what a request keeps in memory besides is in the part that is not counted here.
  t.ok(
    concurrentUploads({ memory: 248 }) * (PART_LIMITS.inFlight + 1) * PART_LIMITS.partBytes <= 24 * 1024 ** 2,
  );
});

t.test("names are found in the private zone, one address a task", async (t) => {
  const records = resourcesOf(template, "AWS::ServiceDiscovery::Service").map(
    ([, { Properties }]) => Properties,
  );
  t.same(records.map(({ Name }) => Name).sort(), [...serviceNames].sort());
  t.ok(records.every(({ DnsConfig }) => DnsConfig.DnsRecords[0].Type === "A"));
});

t.test("workers scale on the backlog for each task", async (t) => {
  for (const worker of workerNames) {
    const { queue } = services[worker];
    const { Properties } = named(
      template,
      "AWS::ApplicationAutoScaling::ScalingPolicy",
      "PolicyName",
      `stockwire-prod-${queue}-backlog-per-task`,
    );
    const tracking = Properties.TargetTrackingScalingPolicyConfiguration;
    const [waiting, running, result] = tracking.CustomizedMetricSpecification.Metrics;
    t.match(waiting.MetricStat.Metric, {
      MetricName: "ApproximateNumberOfMessagesVisible",
      Namespace: "AWS/SQS",
      Dimensions: [{ Name: "QueueName", Value: `stockwire-prod-${queue}` }],
    });
    t.match(running.MetricStat.Metric, {
      MetricName: "RunningTaskCount",
      Namespace: "ECS/ContainerInsights",
    });
    t.match(result, { Expression: "waiting / running", ReturnData: true });
    const { backlog, size } = prod.workers[worker];
    t.equal(tracking.TargetValue, backlogPerTask(backlog, size));
  }
  const targets = resourcesOf(template, "AWS::ApplicationAutoScaling::ScalableTarget");
  t.equal(targets.length, 4);
  t.ok(targets.every(([, { Properties }]) => Properties.MinCapacity >= 1));
});

t.test("the target is the wanted delay divided by a message's time", async (t) => {
  const backlog = { wantedDelaySeconds: 60, processorSecondsPerMessage: 0.5 };
  t.equal(backlogPerTask(backlog, { cpu: 1024, memory: 2048 }), 120);
  t.equal(
    backlogPerTask(backlog, { cpu: 256, memory: 512 }),
    30,
    "a quarter of a processor, a quarter of them",
  );
  t.equal(backlogPerTask(backlog, { cpu: 4096, memory: 8192 }), 120, "one process uses one processor");
  t.equal(backlogPerTask({ ...backlog, wantedDelaySeconds: 0.1 }, { cpu: 256, memory: 512 }), 1);
});

t.test("a service that may sleep is woken by one message, and only then", async (t) => {
  template.resourcePropertiesCountIs(
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    { PolicyType: "StepScaling" },
    0,
  );
  const invoice = { ...dev.workers["invoice-worker"], tasks: { fewest: 0, most: 2 } };
  const sleeping: EnvironmentParameters = { ...dev, workers: { ...dev.workers, "invoice-worker": invoice } };
  const { services: withSleep, observability } = buildEnvironment(sleeping).templates;
  withSleep.hasResourceProperties("AWS::ApplicationAutoScaling::ScalableTarget", { MinCapacity: 0 });
  withSleep.hasResourceProperties("AWS::ApplicationAutoScaling::ScalingPolicy", {
    PolicyType: "StepScaling",
    StepScalingPolicyConfiguration: {
      AdjustmentType: "ChangeInCapacity",
      Cooldown: 180,
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
    },
  });
  const alarms = resourcesOf(withSleep, "AWS::CloudWatch::Alarm").map(([, { Properties }]) => Properties);
  const wake = alarms.find(({ AlarmName }) => AlarmName === "stockwire-dev-invoice-nobody-works");
  t.match(wake, { Threshold: 1, EvaluationPeriods: 1, ComparisonOperator: "GreaterThanOrEqualToThreshold" });
  t.match(wake.Metrics.map(({ Expression }: Loose) => Expression).filter(Boolean), [
    "IF(FILL(running, 0) < 1 AND waiting > 0, 1, 0)",
  ]);
  const names = resourcesOf(observability, "AWS::CloudWatch::Alarm").map(
    ([, { Properties }]) => Properties.AlarmName,
  );
  t.notOk(names.includes("stockwire-dev-invoice-worker-down"), "sleeping is no fault");
});

t.test("the API scales on requests and processor, and workers share Spot as told", async (t) => {
  const predefined = resourcesOf(template, "AWS::ApplicationAutoScaling::ScalingPolicy").flatMap(
    ([, { Properties }]) =>
      Properties.TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification
        ?.PredefinedMetricType ?? [],
  );
  t.same(predefined.sort(), ["ALBRequestCountPerTarget", "ECSServiceAverageCPUUtilization"]);
  t.match(serviceOf("upload-api").CapacityProviderStrategy, [{ CapacityProvider: "FARGATE" }]);
  t.match(serviceOf("ingest-worker").CapacityProviderStrategy, [
    { CapacityProvider: "FARGATE", Base: 1, Weight: 50 },
    { CapacityProvider: "FARGATE_SPOT", Weight: 50 },
  ]);
});

t.test("only HTTPS comes in, and what operates the service stays inside", async (t) => {
  const listeners = resourcesOf(template, "AWS::ElasticLoadBalancingV2::Listener").map(
    ([, found]) => found.Properties,
  );
  t.same(listeners.map(({ Port }) => Port).sort(), [443, 9101]);
  t.ok(listeners.every(({ Protocol, SslPolicy }) => Protocol === "HTTPS" && /TLS13/.test(SslPolicy)));
  template.hasResourceProperties("AWS::ElasticLoadBalancingV2::ListenerRule", {
    Actions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404" } }],
    Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/metrics", "/live", "/ready"] } }],
  });
  t.equal(template.toJSON().Parameters.CertificateArn.Default, undefined, "asked for at deploy");
});
