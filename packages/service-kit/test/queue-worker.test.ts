import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import t from "tap";
import { permanent, retryable, waiting } from "../src/errors.ts";
import { startTestQueues, until } from "./helpers.ts";

const test = await startTestQueues();
t.teardown(test.stop);

t.test("one slow message does not hold up the others, and no more than allowed run at once", async (t) => {
  const pair = await test.createPair();
  const slow = Promise.withResolvers<void>();
  const done: string[] = [];
  let running = 0;
  let most = 0;
  const worker = pair.startWorker({
    concurrency: 3,
    handle: async ({ body }) => {
      running += 1;
      most = Math.max(most, running);
      if (body === "0") await slow.promise;
      else await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
      done.push(body);
    },
  });
  await pair.send(...Array.from({ length: 25 }, (_, index) => String(index)));
  await until(() => done.length === 24);
  t.notOk(done.includes("0"));
  t.equal(most, 3);
  slow.resolve();
  await until(() => done.length === 25);
  await worker.stop();
  const { values } = await pair.metrics.stockwire_queue_messages_total.get();
  t.match(values, [{ labels: { queue: "test", outcome: "done" }, value: 25 }]);
  t.equal((await pair.metrics.stockwire_queue_in_flight.get()).values[0]?.value, 0);
});

t.test("a permanent failure goes to the dead-letter queue at once, with its reason", async (t) => {
  const pair = await test.createPair();
  const worker = pair.startWorker({
    // Our keys hold U+001F, which SQS takes in no attribute.
    handle: async () => {
      throw permanent("bad_input", `not a version: a\u001fb ${"long ".repeat(300)}`);
    },
    countFailure: async () => t.fail("a permanent failure is not counted") as never,
  });
  await pair.send("the body");
  const [parked] = await test.receive(pair.deadLetterUrl, 10);
  await worker.stop();
  t.equal(parked?.Body, "the body");
  t.match(parked?.MessageAttributes, {
    reason: { StringValue: "bad_input" },
    message: { StringValue: /^not a version: a\ufffdb long/ },
    attempts: { StringValue: "1" },
    origin: { StringValue: /^queue-\d+$/ },
    originalMessageId: { StringValue: /.+/ },
    sentAt: { StringValue: /^\d{4}-/ },
    parkedAt: { StringValue: /^\d{4}-/ },
  });
  t.same(await test.receive(pair.queueUrl), [], "and away from its queue");
});

t.test("a retryable failure and a bug back off, and are given up after the limit", async (t) => {
  const pair = await test.createPair();
  const tried: Record<string, number[]> = { retryable: [], bug: [], nothing: [] };
  const worker = pair.startWorker({
    handle: async ({ body }) => {
      tried[body]?.push(performance.now());
      if (body === "retryable") throw retryable("away", "the table is away");
      if (body === "bug") throw new TypeError("not a function");
      throw undefined;
    },
    countFailure: async (message) => ({ attempts: message.receiveCount, limit: 2 }),
  });
  await pair.send("retryable", "bug", "nothing");
  const parked: Record<string, string[]> = {};
  while (Object.keys(parked).length < 3) {
    for (const { Body = "", MessageAttributes } of await test.receive(pair.deadLetterUrl, 10)) {
      const { reason, attempts } = MessageAttributes ?? {};
      parked[Body] = [reason?.StringValue ?? "", attempts?.StringValue ?? ""];
    }
  }
  await worker.stop();
  t.same(parked, { retryable: ["away", "2"], bug: ["TypeError", "2"], nothing: ["unknown", "2"] });
  for (const [first = 0, second = 0] of Object.values(tried)) t.ok(second - first > 700, "backed off");
});

t.test("a message that waits for its turn is not counted and comes back when told", async (t) => {
  const pair = await test.createPair();
  const handled: number[] = [];
  const worker = pair.startWorker({
    handle: async () => {
      handled.push(performance.now());
      if (handled.length === 1) throw waiting("older_load", "an older load is open", 2);
    },
    countFailure: async () => t.fail("waiting is not a failure") as never,
  });
  await pair.send("x");
  await until(() => handled.length === 2);
  await worker.stop();
  const [first = 0, second = 0] = handled;
  t.ok(second - first >= 1_900, `after ${Math.round(second - first)} ms`);
  t.same(await test.receive(pair.deadLetterUrl), []);
});

t.test("a message that waited often is sent anew, before the queue's own limit buries it", async (t) => {
  const pair = await test.createPair();
  await pair.send("patient");
  for (let count = 0; count < 30; count += 1) {
    await test.sqs.send(new ReceiveMessageCommand({ QueueUrl: pair.queueUrl, VisibilityTimeout: 0 }));
  }
  const seen: { id: string; receiveCount: number }[] = [];
  const worker = pair.startWorker({
    handle: async ({ id, receiveCount }) => {
      seen.push({ id, receiveCount });
      if (seen.length === 1) throw waiting("older_load", "an older load is open", 1);
    },
  });
  await until(() => seen.length === 2);
  await worker.stop();
  t.equal(seen[0]?.receiveCount, 31);
  t.equal(seen[1]?.receiveCount, 1);
  t.not(seen[0]?.id, seen[1]?.id);
});

t.test("a long message is delivered once: its visibility timeout is renewed", async (t) => {
  const pair = await test.createPair();
  const finished = Promise.withResolvers<void>();
  let deliveries = 0;
  const worker = pair.startWorker({
    visibilitySeconds: 1,
    handle: async () => {
      deliveries += 1;
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      finished.resolve();
    },
  });
  await pair.send("long");
  await finished.promise;
  await worker.stop();
  t.equal(deliveries, 1);
  t.same(await test.receive(pair.queueUrl, 2), [], "and deleted");
});

t.test("a stop hands back what does not finish in time: visible at once, uncounted", async (t) => {
  const pair = await test.createPair();
  const begun = Promise.withResolvers<void>();
  const worker = pair.startWorker({
    finishSeconds: 0.2,
    handle: async (_message, { signal }) => {
      begun.resolve();
      await new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(new Error("cut short"))),
      );
    },
    countFailure: async () => t.fail("a hand-back is not a failure") as never,
  });
  await pair.send("endless");
  await begun.promise;
  await worker.stop();
  t.equal((await test.receive(pair.queueUrl)).length, 1);
});
