import {
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from "@aws-sdk/client-sqs";
import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { AlertItem } from "@stockwire/contracts/items";
import { compositeKey, dayOf, uploadVersion } from "@stockwire/contracts/keys";
import { levelOf } from "@stockwire/contracts/level";
import type { InventoryStreamRecord } from "@stockwire/contracts/stream-record";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import { createDynamoClient, createSnsClient, createSqsClient } from "@stockwire/service-kit/aws-clients";
import { readConfig } from "@stockwire/service-kit/config";
import { createLogger } from "@stockwire/service-kit/logger";
import { createMetrics } from "@stockwire/service-kit/metrics";
import { alertWorkerConfig } from "../src/config.ts";
import { startAlertWorker } from "../src/start-alert-worker.ts";

interface Change {
  readonly store?: string;
  readonly item: string;
  readonly from?: number;
  readonly to: number;
  readonly load?: string;
  readonly lowThreshold?: number;
}

const RECEIVED_AT = "2026-03-01T08:15:30.123Z";
export const UPDATED_AT = "2026-03-01T08:15:31.000Z";
export const DAY = dayOf(UPDATED_AT);

export const versionOf = (load = "load-1"): string => uploadVersion(RECEIVED_AT, load);

/** The stream record of a count that changed; without `from`, of an item that appeared. */
export const change = (of: Change): InventoryStreamRecord => {
  const image = (count: number, load: string, lowThreshold?: number) => ({
    Store: { S: of.store ?? "Berlin" },
    Item: { S: of.item },
    Count: { N: String(count) },
    Level: { S: levelOf(count, lowThreshold) },
    Version: { S: versionOf(load) },
    UploadId: { S: load },
    UpdatedAt: { S: UPDATED_AT },
  });
  const NewImage = image(of.to, of.load ?? "load-1", of.lowThreshold);
  if (of.from === undefined) return { eventID: "1", eventName: "INSERT", dynamodb: { NewImage } };
  return { eventID: "1", eventName: "MODIFY", dynamodb: { NewImage, OldImage: image(of.from, "load-0") } };
};

/** `count` items of one store that ran out in one load. */
export const outs = (count: number, of: Omit<Change, "item" | "to"> = {}): InventoryStreamRecord[] =>
  Array.from({ length: count }, (_, index) => change({ ...of, item: `Item ${index}`, from: 5, to: 0 }));

/** Polls for an outcome; tap's own timeout ends a wait in vain. */
export const until = async (happened: () => Promise<boolean>): Promise<void> => {
  while (!(await happened())) await new Promise((resolve) => setTimeout(resolve, 50));
};

export interface Told {
  readonly subject: string;
  readonly lines: readonly string[];
  readonly attributes: Readonly<Record<string, { Type: string; Value: string }>>;
}

const toTold = (message: Message): Told => {
  const envelope = JSON.parse(message.Body ?? "") as {
    Subject: string;
    Message: string;
    MessageAttributes: Told["attributes"];
  };
  const { Subject, Message, MessageAttributes } = envelope;
  return { subject: Subject, lines: Message.split("\n"), attributes: MessageAttributes };
};

/** A cloud of its own and what a test does with it. `stop` ends everything that was started here. */
export const startTestCloud = async () => {
  const cloud = await startLocalCloud({ log: () => undefined });
  Object.assign(process.env, cloud.environment);
  const [sqs, sns, dynamo] = [createSqsClient(), createSnsClient(), createDynamoClient()];
  const { queues, topics, tables } = readConfig(
    {
      settings: alertWorkerConfig.settings,
      resources: { ...alertWorkerConfig.resources, queues: ["alert", "alert-dlq", "alert-inbox"] },
    } as const,
    { ...cloud.environment, OPERATIONS_PORT: "0" },
  ).resources;
  const tableName = tables.Alerts;
  const stops: (() => Promise<void>)[] = [];

  const receive = async (url: string, waitSeconds: number): Promise<Message[]> => {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: 600,
        MessageAttributeNames: ["All"],
      }),
    );
    return Messages ?? [];
  };

  /** Resolves when every message of the queue `alert` has been settled. */
  const settled = async (): Promise<void> => {
    await until(async () => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queues.alert, AttributeNames: ["All"] }),
      );
      const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes ?? {};
      return ApproximateNumberOfMessages === "0" && ApproximateNumberOfMessagesNotVisible === "0";
    });
  };

  return {
    sqs,
    sns,
    dynamo,
    queues,
    topics,
    tableName,
    receive,
    settled,
    send: async (records: readonly unknown[]): Promise<void> => {
      for (let start = 0; start < records.length; start += 10) {
        const Entries = records.slice(start, start + 10).map((record, index) => ({
          Id: String(index),
          MessageBody: typeof record === "string" ? record : JSON.stringify(record),
        }));
        await sqs.send(new SendMessageBatchCommand({ QueueUrl: queues.alert, Entries }));
      }
    },
    /** Waits for `count` notifications, or for any that come within `waitSeconds` where no count is given. */
    told: async (count = 1_000, url = queues["alert-inbox"], waitSeconds = 20): Promise<Told[]> => {
      const told: Told[] = [];
      while (told.length < count) {
        const messages = await receive(url, waitSeconds);
        if (messages.length === 0) break;
        told.push(...messages.map(toTold));
      }
      return told;
    },
    /** Everything that was told, once the queue is empty: from then on nothing more can come. */
    toldInAll: async (): Promise<Told[]> => {
      await settled();
      const told: Told[] = [];
      for (;;) {
        const messages = await receive(queues["alert-inbox"], 0);
        if (messages.length === 0) return told;
        told.push(...messages.map(toTold));
      }
    },
    /** The records of the day that the test's rows were written. */
    records: async (): Promise<AlertItem[]> => {
      const { Items } = await dynamo.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: "byDay",
          KeyConditionExpression: "#day = :day",
          ExpressionAttributeNames: { "#day": "Day" },
          ExpressionAttributeValues: { ":day": DAY },
        }),
      );
      return (Items ?? []) as AlertItem[];
    },
    startWorker: async (
      settings: { digestSeconds?: number; leaseMilliseconds?: number; concurrency?: number } = {},
    ) => {
      const config = readConfig(alertWorkerConfig, {
        ...cloud.environment,
        OPERATIONS_PORT: "0",
        QUEUE_WAIT_SECONDS: "1",
        ALERT_DAYS: "45",
        DIGEST_SECONDS: String(settings.digestSeconds ?? 0.5),
        ALERT_CONCURRENCY: String(settings.concurrency ?? 2_000),
      });
      const metrics = createMetrics("alert-worker");
      const service = await startAlertWorker(
        { config, log: createLogger("alert-worker", "fatal"), metrics },
        settings.leaseMilliseconds,
      );
      let stopped: Promise<void> | undefined;
      const stop = () => {
        stopped ??= service.shutdown.reduce(async (before, phase) => {
          await before;
          await phase.run();
        }, Promise.resolve());
        return stopped;
      };
      stops.push(stop);
      return { stop, metrics, checks: service.checks };
    },
    stop: async (): Promise<void> => {
      await Promise.all(stops.map((stop) => stop()));
      for (const client of [sqs, sns, dynamo]) client.destroy();
      await cloud.stop();
    },
  };
};

export const keyOf = (item: string, load?: string, store = "Berlin") => ({
  StoreItem: compositeKey(store, item),
  Version: versionOf(load),
});
