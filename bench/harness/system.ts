import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Environment } from "@stockwire/local-aws/clients";
import { until } from "../../e2e/stack.ts";
import { V8_OPTIONS } from "../../scripts/start/services.ts";
import { descendantsOf } from "./processes.ts";

/** The parts under measurement, each as a process of its own, so that each one's CPU time and memory are its own. */

const ROOT = join(import.meta.dirname, "../..");
/** Has a process end with this one, however this one ends. */
const ENDS_WITH_US = ["--import", new URL("../../scripts/exit-with-parent.mjs", import.meta.url).href];
/** Of this process's own variables. Temporary files go where whoever started the benchmark removes them (run-apart.ts). */
const INHERITED = { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR };
const BARE_DOOR = join(import.meta.dirname, "bare-door.ts");

export interface BenchCloud {
  readonly environment: Readonly<Record<string, string>>;
  /** An administrator's. */
  readonly apiKey: string;
  /** S3, SQS and SNS with their bridges. */
  readonly pid: number;
  /** DynamoDB with its stream. */
  readonly dynamoPid: number;
  readonly stop: () => Promise<void>;
  /** SIGKILL; DynamoDB ends with it. */
  readonly kill: () => Promise<void>;
}

/** The local cloud, on free ports and in memory unless `settings` say otherwise. */
export const startCloud = async (settings: Environment = {}): Promise<BenchCloud> => {
  const child = spawn(process.execPath, [join(ROOT, "packages/local-aws/src/main.ts")], {
    env: {
      ...INHERITED,
      JAVA_HOME: process.env.JAVA_HOME,
      STOCKWIRE_NO_JAVA: process.env.STOCKWIRE_NO_JAVA,
      AWS_PORT: "0",
      DYNAMODB_PORT: "0",
      ...settings,
    },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const told = await toldBy<{ environment: Record<string, string>; apiKey: string }>(child, "the cloud");
  const pid = pidOf(child);
  const [dynamoPid = pid] = await descendantsOf(pid);
  return { ...told, pid, dynamoPid, stop: () => end(child, "SIGTERM"), kill: () => end(child, "SIGKILL") };
};

/** What a process says first, by IPC. */
const toldBy = async <Told>(child: ChildProcess, name: string): Promise<Told> => {
  const [told] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`${name} ended with ${code}`))),
  ]);
  return told as Told;
};

export type ServiceName = "upload-api" | "ingest-worker" | "alert-worker" | "invoice-worker";

export interface BenchService {
  readonly pid: number;
  /** Where the API listens; empty for the others. */
  readonly url: string;
  /** Of the operations server: /ready and /metrics. */
  readonly operations: string;
  readonly stop: () => Promise<void>;
  /** SIGKILL: what it was at comes back by itself. */
  readonly kill: () => Promise<void>;
}

/**
 * A service as it is deployed, with its own defaults but for the API's limits on requests, which would be what is
 * measured otherwise. Resolves when it is ready.
 */
export const startService = async (
  name: ServiceName,
  environment: Environment,
  settings: Environment = {},
): Promise<BenchService> => {
  const child = spawn(process.execPath, [...ENDS_WITH_US, join(ROOT, "services", name, "src/main.ts")], {
    env: {
      ...INHERITED,
      NODE_ENV: "production",
      NODE_OPTIONS: V8_OPTIONS,
      ...environment,
      PORT: "0",
      OPERATIONS_PORT: "0",
      RATE_LIMIT_PER_MINUTE: "0",
      ADDRESS_LIMIT_PER_MINUTE: "0",
      MAX_CONCURRENT_UPLOADS: "256",
      ...settings,
    },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const { url, operationsPort } = await listeningOf(child, name);
  const operations = `http://127.0.0.1:${operationsPort}`;
  await until(
    async () => ((await fetch(`${operations}/ready`)).ok ? true : undefined),
    `${name} to be ready`,
  );
  const service = { pid: pidOf(child), url, operations };
  return { ...service, stop: () => end(child, "SIGTERM"), kill: () => end(child, "SIGKILL") };
};

/** Several of one kind, started and stopped together. */
export const startServices = async (
  name: ServiceName,
  count: number,
  environment: Environment,
): Promise<{ readonly services: readonly BenchService[]; readonly stop: () => Promise<void> }> => {
  const services = await Promise.all(Array.from({ length: count }, () => startService(name, environment)));
  const stop = async (): Promise<void> => {
    await Promise.all(services.map((service) => service.stop()));
  };
  return { services, stop };
};

/** Reads the log as far as the service's start; what comes later is thrown away. */
const listeningOf = async (
  child: ChildProcess,
  name: string,
): Promise<{ url: string; operationsPort: number }> => {
  if (child.stdout === null) throw new Error(`${name} has no output`);
  const lines = createInterface({ input: child.stdout });
  let url = "";
  for await (const line of lines) {
    const entry = JSON.parse(line) as { msg: string; address?: string; operationsPort?: number };
    if (entry.msg === "listening") url = entry.address ?? "";
    if (entry.msg === "started" && entry.operationsPort !== undefined) {
      lines.close();
      child.stdout.resume();
      return { url, operationsPort: entry.operationsPort };
    }
  }
  throw new Error(`${name} did not start`);
};

/** Any other script, as a process of its own that runs until it is stopped. */
export const startScript = async (
  script: string,
  args: readonly string[],
  environment: Environment,
): Promise<Pick<BenchService, "pid" | "stop">> => {
  const child = spawnScript(script, args, environment);
  return { pid: pidOf(child), stop: () => end(child, "SIGTERM") };
};

/** The bare front door. Resolves when it listens. */
export const startDoor = async (
  environment: Environment,
): Promise<Pick<BenchService, "pid" | "url" | "stop">> => {
  const child = spawnScript(BARE_DOOR, [], environment);
  const { port } = await toldBy<{ port: number }>(child, "the bare front door");
  return { pid: pidOf(child), url: `http://127.0.0.1:${port}`, stop: () => end(child, "SIGTERM") };
};

const spawnScript = (script: string, args: readonly string[], environment: Environment): ChildProcess =>
  spawn(process.execPath, [...ENDS_WITH_US, script, ...args], {
    // Under the same options as the services that it is compared with.
    env: { ...INHERITED, NODE_ENV: "production", NODE_OPTIONS: V8_OPTIONS, ...environment },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });

const pidOf = ({ pid }: ChildProcess): number => {
  if (pid === undefined) throw new Error("the process did not start");
  return pid;
};

const end = async (child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
};

/** Waits for a part's start, and has it stopped at the end. */
export type Keep = <Part extends { readonly stop: () => Promise<void> }>(
  starting: Promise<Part>,
) => Promise<Part>;

/** Starts parts one after the other and stops them in reverse, also when something fails on the way. */
export const withParts = async <Result>(work: (keep: Keep) => Promise<Result>): Promise<Result> => {
  const started: { readonly stop: () => Promise<void> }[] = [];
  try {
    return await work(async (starting) => {
      const part = await starting;
      started.push(part);
      return part;
    });
  } finally {
    // One that does not stop keeps none of the others alive.
    for (const part of started.toReversed()) {
      await part.stop().catch((error: unknown) => console.error(error));
    }
  }
};
