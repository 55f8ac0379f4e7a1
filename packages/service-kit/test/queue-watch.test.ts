import { setTimeout } from "node:timers/promises";
import type { SQSClient } from "@aws-sdk/client-sqs";
import t from "tap";
import { createSqsClient } from "../src/aws-clients.ts";
import type { Metrics } from "../src/metrics.ts";
import { watchQueueDepth } from "../src/queue-depth.ts";
import { watchReceives } from "../src/watch-receives.ts";
import { startTestQueues, until } from "./helpers.ts";

const test = await startTestQueues();
t.teardown(test.stop);

/** A client whose calls of one command can be made to fail, or to wait, before they reach the service. */
const startFaultyClient = (command: string) => {
  const sqs: SQSClient = createSqsClient();
  const client = { sqs, calls: 0, before: async (): Promise<void> => undefined };
  sqs.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === command) {
          client.calls += 1;
          await client.before();
        }
        return next(args);
      },
    { step: "initialize" },
  );
  return client;
};

const fail = async (): Promise<void> => {
  throw Object.assign(new Error("connection lost"), { code: "ECONNRESET" });
};

const lastReceive = async (metrics: Metrics): Promise<number | undefined> =>
  (await metrics.stockwire_queue_last_receive_timestamp_seconds.get()).values[0]?.value;

const depths = async (metrics: Metrics): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await metrics.stockwire_queue_depth.get()).values.map(({ labels, value }) => [labels.state, value]),
  );

t.test(
  "the last answered receive is known, empty ones included, and stands still while none is answered",
  async (t) => {
    const pair = await test.createPair();
    const client = startFaultyClient("ReceiveMessageCommand");
    const { queueUrl, metrics } = pair;
    const started = Date.now() / 1_000;
    watchReceives({ queue: "test", queueUrl, sqs: client.sqs, metrics });
    const atStart = (await lastReceive(metrics)) ?? 0;
    t.ok(atStart >= started && atStart < started + 1, "set at the start, before any answer");

    const worker = pair.startWorker({ sqs: client.sqs, handle: async () => undefined });
    await until(() => client.calls >= 2);
    const afterEmpty = (await lastReceive(metrics)) ?? 0;
    t.ok(afterEmpty - atStart > 0.9, "an empty answer counts");

    client.before = fail;
    await until(() => pair.count("could not receive") >= 1);
    const atFailure = await lastReceive(metrics);
    await until(() => pair.count("could not receive") >= 2);
    t.equal(await lastReceive(metrics), atFailure, "a receive that fails does not");

    client.before = async () => undefined;
    const calls = client.calls;
    await until(() => client.calls >= calls + 2);
    t.ok(((await lastReceive(metrics)) ?? 0) > (atFailure ?? 0), "the next answer does again");
    await worker.stop();
    client.sqs.destroy();
  },
);

t.test("receives from another queue say nothing about this one", async (t) => {
  const [pair, other] = [await test.createPair(), await test.createPair()];
  const sqs = createSqsClient();
  watchReceives({ queue: "test", queueUrl: pair.queueUrl, sqs, metrics: pair.metrics });
  const before = await lastReceive(pair.metrics);
  const worker = other.startWorker({ sqs, handle: async () => other.log.info("handled") });
  await other.send("x");
  await until(() => other.count("handled") === 1);
  await worker.stop();
  t.equal(await lastReceive(pair.metrics), before);
  sqs.destroy();
});

t.test("a depth that cannot be read is no longer reported, and comes back", async (t) => {
  const pair = await test.createPair();
  const client = startFaultyClient("GetQueueAttributesCommand");
  await pair.send("one", "two");
  const depth = watchQueueDepth({ ...pair, queue: "test", sqs: client.sqs, everyMs: 20 });
  const reported = async (wanted: Record<string, number>): Promise<void> => {
    while (JSON.stringify(await depths(pair.metrics)) !== JSON.stringify(wanted)) await setTimeout(10);
  };
  await reported({ visible: 2, in_flight: 0, delayed: 0, dead: 0 });

  client.before = fail;
  await until(() => pair.count("could not read the queue's depth") >= 1);
  t.same(await depths(pair.metrics), {}, "unknown, not as it was");

  client.before = async () => undefined;
  await reported({ visible: 2, in_flight: 0, delayed: 0, dead: 0 });
  depth.stop();
  client.sqs.destroy();
});

t.test("the depth is asked for once at a time", async (t) => {
  const pair = await test.createPair();
  const client = startFaultyClient("GetQueueAttributesCommand");
  const gate = Promise.withResolvers<void>();
  client.before = () => gate.promise;
  const depth = watchQueueDepth({ ...pair, queue: "test", sqs: client.sqs, everyMs: 10 });
  await setTimeout(150);
  t.equal(client.calls, 2, "the queue and its dead-letter queue");
  gate.resolve();
  await until(() => client.calls >= 4);
  depth.stop();
  while ((await depths(pair.metrics)).visible === undefined) await setTimeout(10);
  client.sqs.destroy();
});
