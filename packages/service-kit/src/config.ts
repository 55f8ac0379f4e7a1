import type { BucketName, QueueName, TableName, TopicName } from "@stockwire/contracts/topology";
import { bucketVariable, queueVariable, tableVariable, topicVariable } from "@stockwire/contracts/variables";
import type { Static, TObject, TSchema } from "typebox";
import Value from "typebox/value";

/** What a service must be told: its settings, and the cloud resources that it touches. */
export interface ConfigDefinition<Settings extends TObject, Needs extends ResourceNeeds> {
  /** One property a variable, each with a description. */
  readonly settings: Settings;
  readonly resources: Needs;
}

export interface ResourceNeeds {
  readonly buckets?: readonly BucketName[];
  readonly queues?: readonly QueueName[];
  readonly topics?: readonly TopicName[];
  readonly tables?: readonly TableName[];
}

type NamesOf<List> = List extends readonly (infer Name extends string)[]
  ? { readonly [N in Name]: string }
  : Record<never, string>;

/** Physical names by logical name: bucket names, queue URLs, topic ARNs, table names. */
export interface Resources<Needs extends ResourceNeeds> {
  readonly buckets: NamesOf<Needs["buckets"]>;
  readonly queues: NamesOf<Needs["queues"]>;
  readonly topics: NamesOf<Needs["topics"]>;
  readonly tables: NamesOf<Needs["tables"]>;
}

export interface Config<Settings extends TObject, Needs extends ResourceNeeds> {
  readonly settings: Static<Settings>;
  readonly resources: Resources<Needs>;
}

/** The environment is unusable; the message has one line for each variable at fault. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Every variable that `definition` requires to be set; used to hold deployments against. */
export const requiredVariables = (definition: ConfigDefinition<TObject, ResourceNeeds>): string[] => {
  const settings = Object.entries(definition.settings.properties)
    .filter(([, schema]) => !("default" in (schema as TSchema)))
    .map(([name]) => name);
  return [...resourceVariables(definition.resources).map(([variable]) => variable), ...settings];
};

/** Reads and checks the environment. Throws ConfigError naming every missing or malformed variable. */
export const readConfig = <Settings extends TObject, Needs extends ResourceNeeds>(
  definition: ConfigDefinition<Settings, Needs>,
  environment: Readonly<Record<string, string | undefined>>,
): Config<Settings, Needs> => {
  const missing = resourceVariables(definition.resources)
    .filter(([variable]) => !environment[variable])
    .map(([variable, what]) => `${variable} is not set: ${what}`);
  const given: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(definition.settings.properties)) {
    const text = environment[name];
    if (text) given[name] = convert(property as TSchema & { type?: string }, text);
  }
  const settings = Value.Default(definition.settings, given);
  const faults = [...missing, ...settingFaults(definition.settings, settings as Record<string, unknown>)];
  if (faults.length > 0) throw new ConfigError(faults.join("\n"));
  return {
    settings: settings as Static<Settings>,
    resources: resolveResources(definition.resources, environment),
  };
};

/** Stricter than TypeBox's own conversion, which makes 1 of `1.5` and of `true`: what fits nothing stays text. */
const convert = ({ type }: { readonly type?: string }, text: string): unknown => {
  if ((type === "integer" || type === "number") && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (type === "boolean" && /^(true|false)$/.test(text)) return text === "true";
  return text;
};

const settingFaults = (schema: TObject, settings: Record<string, unknown>): string[] =>
  Object.entries(schema.properties as Record<string, TSchema & { description?: string }>)
    .filter(([name, property]) => !Value.Check(property, settings[name]))
    .map(([name, property]) => {
      const about = property.description ?? "no description";
      if (settings[name] === undefined) return `${name} is not set: ${about}`;
      const reason = Value.Errors(property, settings[name]).at(-1)?.message ?? "is not valid";
      return `${name}=${JSON.stringify(settings[name])} ${reason}: ${about}`;
    });

const resourceVariables = (needs: ResourceNeeds): [variable: string, what: string][] => [
  ...(needs.buckets ?? []).map((n): [string, string] => [bucketVariable(n), `name of the bucket "${n}"`]),
  ...(needs.queues ?? []).map((n): [string, string] => [queueVariable(n), `URL of the queue "${n}"`]),
  ...(needs.topics ?? []).map((n): [string, string] => [topicVariable(n), `ARN of the topic "${n}"`]),
  ...(needs.tables ?? []).map((n): [string, string] => [tableVariable(n), `name of the table "${n}"`]),
];

const resolveResources = <Needs extends ResourceNeeds>(
  needs: Needs,
  environment: Readonly<Record<string, string | undefined>>,
): Resources<Needs> => {
  const resolve = <Name extends string>(
    names: readonly Name[] | undefined,
    variable: (name: Name) => string,
  ) => Object.fromEntries((names ?? []).map((name) => [name, environment[variable(name)]]));
  return {
    buckets: resolve(needs.buckets, bucketVariable),
    queues: resolve(needs.queues, queueVariable),
    topics: resolve(needs.topics, topicVariable),
    tables: resolve(needs.tables, tableVariable),
  } as Resources<Needs>;
};
