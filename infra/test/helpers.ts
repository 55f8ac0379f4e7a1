import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Topology } from "@stockwire/contracts/topology";
import { type App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { buildApp } from "../lib/build-app.ts";
import type { EnvironmentParameters } from "../lib/parameters.ts";

export const STACKS = ["network", "data", "reports", "services", "observability", "dashboard"] as const;
type StackName = (typeof STACKS)[number];

/** Stands in for the built page, whose files are no matter of the infrastructure. */
const PAGE = join(import.meta.dirname, "page");

export interface BuiltEnvironment {
  readonly app: App;
  readonly stacks: Readonly<Record<StackName, Stack>>;
  readonly templates: Readonly<Record<StackName, Template>>;
}

/** One environment as it would be deployed: the same wiring as the entry point's. */
export const buildEnvironment = (
  parameters: EnvironmentParameters,
  topology?: Topology,
): BuiltEnvironment => {
  const outdir = mkdtempSync(join(tmpdir(), "stockwire-templates-"));
  process.once("exit", () => rmSync(outdir, { recursive: true, force: true }));
  const app = buildApp({
    environments: [parameters],
    outdir,
    page: PAGE,
    // Copies of the images' sources would be read by nobody.
    context: { "aws:cdk:disable-asset-staging": true },
    ...(topology && { topology }),
  });
  const all = app.node.children.filter((child) => Stack.isStack(child));
  const each = <Value>(of: (stack: Stack) => Value) =>
    Object.fromEntries(
      STACKS.map((name) => {
        const stack = all.find(({ stackName }) => stackName === `stockwire-${parameters.name}-${name}`);
        if (!stack) throw new Error(`there is no stack ${name}`);
        return [name, of(stack)];
      }),
    ) as Record<StackName, Value>;
  return { app, stacks: each((stack) => stack), templates: each((stack) => Template.fromStack(stack)) };
};

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties are as many as its resources
export type Loose = any;

export interface Resource {
  readonly Type: string;
  readonly Properties: Loose;
  readonly DeletionPolicy?: string;
}

/** Resources of one type by logical id. */
export const resourcesOf = (template: Template, type: string): [id: string, resource: Resource][] =>
  Object.entries(template.findResources(type)) as [string, Resource][];

/** A value with its intrinsic functions written out: pseudo parameters and references in angle brackets. */
export const written = (value: unknown): string => {
  if (typeof value !== "object" || value === null) return String(value);
  const [[name, of]] = Object.entries(value) as [[string, unknown]];
  if (name === "Ref") return `<${of}>`;
  if (name === "Fn::Join") return (of as [string, unknown[]])[1].map(written).join((of as [string])[0]);
  if (name === "Fn::GetAtt") return `<${(of as string[]).join(".")}>`;
  if (name === "Fn::ImportValue") return `<${written(of)}>`;
  throw new Error(`unexpected ${name}`);
};

/** The one resource of a type whose property has that value. */
export const named = (template: Template, type: string, property: string, name: string): Resource => {
  const found = resourcesOf(template, type).filter(
    ([, { Properties }]) => Properties[property] !== undefined && written(Properties[property]) === name,
  );
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type} are called ${name}`);
  return (found[0] as [string, Resource])[1];
};
