import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import t from "tap";
import { createClients } from "../src/clients.ts";
import { startLocalCloud } from "../src/local-cloud.ts";

t.test("a message that is handed back is there for the next one, on disk too", async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), "stockwire-"));
  const cloud = await startLocalCloud({ dataDir, log: () => undefined });
  const { sqs, ...others } = createClients(cloud.environment);
  t.teardown(async () => {
    for (const client of [sqs, ...Object.values(others)]) client.destroy();
    await cloud.stop();
    rmSync(dataDir, { recursive: true });
  });
  const QueueUrl = cloud.environment.QUEUE_ALERT_INBOX as string;
  const receive = async (WaitTimeSeconds: number): Promise<string> => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds }));
    return Messages?.[0]?.ReceiptHandle ?? "";
  };
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
  const ReceiptHandle = await receive(1);
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  const second = await receive(5);
  t.ok(second, "received again");
  const Entries = [{ Id: "1", ReceiptHandle: second, VisibilityTimeout: 0 }];
  await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  t.ok(await receive(5), "and once more after a batch");
});
