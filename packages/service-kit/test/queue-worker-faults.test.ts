import { SQSClient } from "@aws-sdk/client-sqs";
import t from "tap";
import { createSqsClient } from "../src/aws-clients.ts";
import { failCommand, startTestQueues, until } from "./helpers.ts";

const test = await startTestQueues();
t.teardown(test.stop);

t.test("a stop lets what is being handled finish, and hands back what a poll still brings in", async (t) => {
  const pair = await test.createPair();
  const gate = Promise.withResolvers<void>();
  const handled: string[] = [];
  const begun: string[] = [];
  const worker = pair.startWorker({
    waitSeconds: 5,
    handle: async ({ body }) => {
      begun.push(body);
      await gate.promise;
      handled.push(body);
    },
  });
  await pair.send("early");
  await until(() => begun.length === 1);
  let stopped = false;
  const stop = worker.stop().then(() => {
    stopped = true;
  });
  await pair.send("late");
  const late = await test.receive(pair.queueUrl, 5);
  // A poll of the worker is under way, so it has usually had this message first; it must not keep it.
  t.same(
    late.map(({ Body }) => Body),
    ["late"],
    "visible at once, whoever received it first",
  );
  t.notOk(stopped, "waits for the message being handled");
  gate.resolve();
  await stop;
  t.same(begun, ["early"]);
  t.same(handled, ["early"]);
  t.same(await test.receive(pair.queueUrl), [], "the finished message is gone");
});

t.test("once stopped, no poll is under way that could still take a message", async (t) => {
  const pair = await test.createPair();
  const handled: string[] = [];
  const worker = pair.startWorker({
    waitSeconds: 2,
    handle: async ({ body }) => {
      handled.push(body);
    },
  });
  await pair.send("early");
  await until(() => handled.length === 1);
  await worker.stop();
  await pair.send("late");
  const [late] = await test.receive(pair.queueUrl, 5);
  t.equal(late?.Body, "late");
  t.equal(late?.Attributes?.ApproximateReceiveCount, "1");
});

t.test("a stop with every place taken ends with the message being handled", async (t) => {
  const pair = await test.createPair();
  const gate = Promise.withResolvers<void>();
  const begun: string[] = [];
  const worker = pair.startWorker({
    concurrency: 1,
    handle: async ({ body }) => {
      begun.push(body);
      await gate.promise;
    },
  });
  await pair.send("first", "second");
  await until(() => begun.length === 1);
  const stop = worker.stop();
  gate.resolve();
  await stop;
  t.equal(begun.length, 1);
  t.equal((await test.receive(pair.queueUrl)).length, 1, "the other was never received or is back");
});

t.test("a delete that fails: the message comes back, and it is no failed attempt", async (t) => {
  const pair = await test.createPair();
  const sqs = createSqsClient();
  failCommand(sqs, "DeleteMessageBatchCommand", 1);
  const handled: number[] = [];
  const worker = pair.startWorker({
    sqs,
    visibilitySeconds: 1,
    handle: async ({ receiveCount }) => {
      handled.push(receiveCount);
    },
    countFailure: async () => t.fail("its work was done") as never,
  });
  await pair.send("x");
  await until(() => handled.length === 2);
  await worker.stop();
  t.same(handled, [1, 2]);
  t.same(await test.receive(pair.queueUrl, 2), []);
  t.same(await test.receive(pair.deadLetterUrl), []);
  sqs.destroy();
});

t.test("a dead-letter queue that is away loses nothing", async (t) => {
  const pair = await test.createPair();
  const sqs = createSqsClient();
  failCommand(sqs, "SendMessageCommand", 1);
  const worker = pair.startWorker({
    sqs,
    visibilitySeconds: 1,
    handle: async () => {
      throw new Error("broken");
    },
    countFailure: async (message) => ({ attempts: message.receiveCount, limit: 1 }),
  });
  await pair.send("x");
  const [parked] = await test.receive(pair.deadLetterUrl, 10);
  await worker.stop();
  t.equal(parked?.Body, "x");
  t.equal(pair.count("could not settle the message; it comes back by itself"), 1);
  sqs.destroy();
});

t.test("a queue that cannot be reached is not hammered, and a stop need not wait", async (t) => {
  const pair = await test.createPair();
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const endpoint = "http://127.0.0.1:1";
  const sqs = new SQSClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  const queueUrl = `${endpoint}/000000000000/away`;
  const started = performance.now();
  const worker = pair.startWorker({ sqs, queueUrl, handle: async () => {} });
  await until(() => pair.count("could not receive") === 3);
  t.ok(performance.now() - started > 2_000, "pauses of one, then two seconds");
  const stopping = performance.now();
  await worker.stop();
  t.ok(performance.now() - stopping < 1_000, "the pause is cut short");
  t.equal(pair.count("could not receive"), 3, "being stopped is no failure");
  sqs.destroy();
});

t.test("receiving goes on after failures", async (t) => {
  const pair = await test.createPair();
  const sqs = createSqsClient();
  failCommand(sqs, "ReceiveMessageCommand", 2);
  const handled = Promise.withResolvers<void>();
  const worker = pair.startWorker({ sqs, handle: async () => handled.resolve() });
  await pair.send("x");
  await handled.promise;
  t.equal(pair.count("could not receive"), 2);
  await worker.stop();
  sqs.destroy();
});
