import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A resource as CloudFormation declares it. */
interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly stack: string;
  readonly resources: Readonly<Record<string, Resource>>;
}

export type Environment = "dev" | "prod";

const infra = join(import.meta.dirname, "../../infra");

/**
 * The templates that a deployment would use, synthesized anew: what stands in `infra/cdk.out` may be older than the
 * code. Needs neither an account nor the network.
 */
export const synthesize = async (): Promise<readonly Template[]> => {
  const directory = await mkdtemp(join(tmpdir(), "stockwire-templates-"));
  try {
    const { context } = JSON.parse(await readFile(join(infra, "cdk.json"), "utf8")) as { context: unknown };
    const env = { ...process.env, CDK_OUTDIR: directory, CDK_CONTEXT_JSON: JSON.stringify(context) };
    await promisify(execFile)(process.execPath, ["bin/stockwire.ts"], { cwd: infra, env }).catch((cause) => {
      const said = String((cause as { stderr?: string }).stderr)
        .trim()
        .split("\n")
        .slice(-5)
        .join("\n");
      throw new Error(`the templates could not be made:\n${said.slice(-1_000)}`);
    });
    return await readTemplates(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

/** Every `*.template.json` below a directory. */
const readTemplates = async (directory: string): Promise<Template[]> => {
  const files = (await readdir(directory, { recursive: true })).filter((name) =>
    name.endsWith(".template.json"),
  );
  return Promise.all(
    files.sort().map(async (name) => {
      const { Resources } = JSON.parse(await readFile(join(directory, name), "utf8")) as {
        Resources?: Template["resources"];
      };
      return { stack: name.replace(/^.*\/|\.template\.json$/g, ""), resources: Resources ?? {} };
    }),
  );
};

/** The resources of one type in one environment's stacks, by logical id. */
export const resourcesOf = (
  templates: readonly Template[],
  environment: Environment,
  type: string,
): readonly (readonly [id: string, properties: Readonly<Record<string, unknown>>])[] =>
  templates
    .filter(({ stack }) => stack.toLowerCase().split("-").includes(environment))
    .flatMap(({ resources }) => Object.entries(resources))
    .filter(([, resource]) => resource.Type === type)
    .map(([id, { Properties }]) => [id, Properties ?? {}] as const);
