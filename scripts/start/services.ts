import { join } from "node:path";
import type { WantedPort } from "./check-ports.ts";
import { reachable, type StartOptions } from "./options.ts";

export interface Service {
  readonly name: string;
  readonly script: string;
  /** On top of the cloud's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Answers 200 when the service and what it needs are up. */
  readonly readyUrl: string;
}

/**
 * For every service, here and in docker/service.Dockerfile. V8 lets the young generation grow with the machine's memory, to
 * over 130 MB where there is much, and gives it back only at rest; with this it takes 48 MB at most, as on a small machine.
 * docs/decisions/0021-memory-of-large-files.md
 */
export const V8_OPTIONS = "--max-semi-space-size=16";

const NAMES = ["upload-api", "ingest-worker", "alert-worker", "invoice-worker"];

/** @param page directory of the built dashboard, where there is one */
export const listServices = (options: StartOptions, page?: string): Service[] =>
  NAMES.map((name, index) => {
    const operationsPort = options.operationsPort + index;
    return {
      name,
      script: join(import.meta.dirname, "../../services", name, "src/main.ts"),
      environment: {
        HOST: options.host,
        PORT: String(options.apiPort),
        OPERATIONS_HOST: options.host,
        OPERATIONS_PORT: String(operationsPort),
        ...(name === "upload-api" && { DASHBOARD_DIR: page ?? "" }),
        NODE_OPTIONS: `${V8_OPTIONS} ${process.env.NODE_OPTIONS ?? ""}`,
        LOG_LEVEL: process.env.LOG_LEVEL || "warn",
      },
      readyUrl: `http://${reachable(options.host)}:${operationsPort}/ready`,
    };
  });

export const CLOUD_SCRIPT = join(import.meta.dirname, "../../packages/local-aws/src/main.ts");

/** What the cloud's own process is told. */
export const cloudEnvironment = (options: StartOptions): Record<string, string> => ({
  HOST: options.host,
  AWS_PORT: String(options.awsPort),
  DYNAMODB_PORT: String(options.dynamoPort),
  STOCKWIRE_DATA_DIR: options.dataDir ?? "",
});

/** Every port that must be free; each service has its own operations port, from OPERATIONS_PORT on. */
export const listPorts = (options: StartOptions): WantedPort[] => [
  { port: options.apiPort, variable: "PORT" },
  ...NAMES.map((_, index) => ({ port: options.operationsPort + index, variable: "OPERATIONS_PORT" })),
  ...(options.foreign
    ? []
    : [
        { port: options.awsPort, variable: "AWS_PORT" },
        { port: options.dynamoPort, variable: "DYNAMODB_PORT" },
      ]),
];
