import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { takenPort } from "../taken-port.ts";
import type { ChildServer } from "./child-server.ts";
import { startDynamoDbLocal } from "./dynamodb-local.ts";
import { startDynoxide } from "./dynoxide.ts";
import { findJava } from "./find-java.ts";

export interface DynamoDbOptions {
  /** Absent: in memory. */
  readonly dataDir: string | undefined;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly log: (line: string) => void;
}

/** A predecessor that was killed takes a moment to notice and to give the port back. */
const RECLAIM_MS = 3000;

/**
 * Starts AWS's own DynamoDB Local, or dynoxide where there is no Java for it.
 * @throws Error whose message is one line for the user
 */
export const startDynamoDb = async (options: DynamoDbOptions): Promise<ChildServer> => {
  if (options.dataDir) mkdirSync(options.dataDir, { recursive: true });
  const java = await findJava();
  if (!java) {
    options.log(
      "No Java 17 or newer found: dynoxide stands in for DynamoDB Local (slower under many writes).",
    );
  }
  const deadline = Date.now() + RECLAIM_MS;
  for (;;) {
    const server = await (java ? startDynamoDbLocal(java, options) : startDynoxide(options));
    if (server) return server;
    if (Date.now() > deadline) throw takenPort(options.port, "DYNAMODB_PORT");
    await sleep(200);
  }
};
