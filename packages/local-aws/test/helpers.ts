import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Test } from "tap";
import { type Clients, createClients, destroyClients } from "../src/clients.ts";
import type { Cloud } from "../src/cloud.ts";
import { type LocalCloudOptions, startLocalCloud } from "../src/local-cloud.ts";

export interface TestCloud extends Cloud {
  readonly clients: Clients;
  readonly logged: readonly string[];
}

/** A cloud of one test, stopped when the test ends (stopping it earlier does no harm). */
export const startTestCloud = async (t: Test, options: LocalCloudOptions = {}): Promise<TestCloud> => {
  const logged: string[] = [];
  const cloud = await startLocalCloud({ log: (line) => logged.push(line), ...options });
  const clients = createClients(cloud.environment);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= (async () => {
      destroyClients(clients);
      await cloud.stop();
    })();
    return stopped;
  };
  t.teardown(stop);
  return { environment: cloud.environment, clients, logged, stop };
};

export const temporaryDirectory = (t: Test): string => {
  const directory = mkdtempSync(join(tmpdir(), "stockwire-"));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

/** Takes exactly one message from a queue, deletes it and returns its body parsed. */
export const takeMessage = async <T>(sqs: SQSClient, QueueUrl: string | undefined): Promise<T> => {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
    const message = Messages?.[0];
    if (!message) continue;
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    return JSON.parse(message.Body ?? "") as T;
  }
  throw new Error(`no message arrived in ${QueueUrl}`);
};
