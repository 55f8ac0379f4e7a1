import { readFileSync } from "node:fs";
import { join } from "node:path";
import { topology as declaredTopology, type Topology } from "@stockwire/contracts/topology";
import { App, Tags, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { keepFor } from "./keep-for.ts";
import { createNames } from "./names.ts";
import { type EnvironmentParameters, environments } from "./parameters.ts";
import { DashboardStack } from "./stacks/dashboard-stack.ts";
import { DataStack } from "./stacks/data-stack.ts";
import { NetworkStack } from "./stacks/network-stack.ts";
import { ObservabilityStack } from "./stacks/observability-stack.ts";
import { ReportsStack } from "./stacks/reports-stack.ts";
import { ServicesStack } from "./stacks/services-stack.ts";

export interface BuildOptions {
  /** Defaults to every environment. */
  readonly environments?: readonly EnvironmentParameters[];
  readonly topology?: Topology;
  /** Directory of the templates; by default the one that the CLI names. */
  readonly outdir?: string;
  /** Where the built dashboard lies. */
  readonly page: string;
  /** Besides that of cdk.json. */
  readonly context?: Readonly<Record<string, unknown>>;
}

/** What the CDK's command line would read from cdk.json; said here too, so that tests build the same templates. */
const { context } = JSON.parse(readFileSync(join(import.meta.dirname, "../cdk.json"), "utf8")) as {
  context: Record<string, unknown>;
};

/** The whole application: every stack of every environment, wired in this one place. Synthesizing checks it. */
export const buildApp = (options: BuildOptions): App => {
  const app = new App({
    context: { ...context, ...options.context },
    ...(options.outdir !== undefined && { outdir: options.outdir }),
  });
  const wanted: unknown = app.node.tryGetContext("env");
  const chosen = (options.environments ?? environments).filter(
    ({ name }) => wanted === undefined || name === wanted,
  );
  if (chosen.length === 0) throw new Error(`there is no environment "${wanted}"`);
  for (const parameters of chosen) {
    addEnvironment(app, parameters, options.topology ?? declaredTopology, options.page);
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { writeSuppressionsToCloudFormation: true }));
  return app;
};

/** One environment's stacks, each with those below it that must stand before. */
const addEnvironment = (
  app: App,
  parameters: EnvironmentParameters,
  declared: Topology,
  page: string,
): void => {
  const names = createNames(parameters.name);
  const shared = {
    parameters,
    names,
    topology: keepFor(declared, parameters.retention),
    ...(parameters.region !== undefined && { env: { region: parameters.region } }),
  };
  const describe = (description: string) => ({
    ...shared,
    description: `Stockwire ${names.environment}: ${description}`,
  });

  const network = new NetworkStack(app, names.of("network"), describe("where everything runs"));
  const data = new DataStack(app, names.of("data"), describe("everything that holds something; retained"));
  const reports = new ReportsStack(app, names.of("reports"), describe("expenses by date"));
  reports.addStackDependency(data);
  const dashboard = new DashboardStack(app, names.of("dashboard"), {
    ...describe("the web page and its sign-in"),
    page,
  });
  dashboard.addStackDependency(data);
  const topicKeyArn = data.topicKey.keyArn;
  const services = new ServicesStack(app, names.of("services"), {
    ...describe("the four services and the way to the API"),
    vpc: network.vpc,
    groups: network.groups,
    topicKeyArn,
    site: dashboard.site,
  });
  services.addStackDependency(reports);
  const observability = new ObservabilityStack(app, names.of("observability"), {
    ...describe("alarms, dashboard and metrics"),
    cluster: services.cluster,
    entrance: services.entrance,
    namespaceName: services.namespaceName,
    groups: network.groups,
    topicKeyArn,
  });
  observability.addStackDependency(services);
  for (const stack of [network, data, reports, dashboard, services, observability]) {
    Tags.of(stack).add("application", "stockwire");
    Tags.of(stack).add("environment", names.environment);
  }
};
