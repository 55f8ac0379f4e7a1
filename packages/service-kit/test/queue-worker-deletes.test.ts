import type { SQSClient } from "@aws-sdk/client-sqs";
import t from "tap";
import { createSqsClient } from "../src/aws-clients.ts";
import { startTestQueues, until } from "./helpers.ts";

const test = await startTestQueues();
t.teardown(test.stop);

interface Entry {
  readonly Id: string;
  readonly ReceiptHandle: string;
}

/** A client whose deletes are seen, and of which `refuse` picks entries that SQS is never asked to delete. */
const startClient = (
  refuse: (entries: readonly Entry[], request: number) => readonly Entry[] = () => [],
  SenderFault = true,
) => {
  const sqs: SQSClient = createSqsClient();
  const requests: (readonly Entry[])[] = [];
  sqs.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== "DeleteMessageBatchCommand") return next(args);
        const { Entries } = args.input as { Entries: readonly Entry[] };
        requests.push(Entries);
        const refused = refuse(Entries, requests.length);
        const kept = Entries.filter((entry) => !refused.includes(entry));
        const input = { ...args.input, Entries: kept } as typeof args.input;
        const answer =
          kept.length > 0 ? await next({ ...args, input }) : { response: {}, output: { $metadata: {} } };
        const Failed = refused.map(({ Id }) => ({
          ...{ Id, Code: "InternalError", Message: "not this one" },
          SenderFault,
        }));
        if (Failed.length > 0) Object.assign(answer.output, { Failed });
        return answer;
      },
    { step: "initialize" },
  );
  return { sqs, requests };
};

/** Lets all that wait go on when so many do. */
const createGate = (many: number) => {
  const gate = Promise.withResolvers<void>();
  let here = 0;
  return () => {
    here += 1;
    if (here >= many) gate.resolve();
    return gate.promise;
  };
};

const bodies = Array.from({ length: 10 }, (_, index) => `body ${index}`);

t.test("ten that are done at once are deleted by one or two requests", async (t) => {
  const pair = await test.createPair();
  const { sqs, requests } = startClient();
  const allHere = createGate(10);
  const handled: string[] = [];
  const worker = pair.startWorker({
    sqs,
    handle: async ({ body }) => {
      await allHere();
      t.equal(requests.length, 0, "nothing is deleted before its work is done");
      handled.push(body);
    },
  });
  await pair.send(...bodies);
  await until(() => handled.length === 10);
  await worker.stop();
  t.equal(requests.flat().length, 10);
  t.ok(requests.length <= 2, `${requests.length} requests`);
  t.same(handled.toSorted(), bodies);
  t.same(await test.receive(pair.queueUrl, 1), []);
  sqs.destroy();
});

t.test("one that is not deleted leaves the others done, and its message comes back", async (t) => {
  const pair = await test.createPair();
  const { sqs, requests } = startClient((entries, request) => (request === 1 ? entries.slice(0, 1) : []));
  const allHere = createGate(10);
  const handled = new Map<string, number>();
  const worker = pair.startWorker({
    sqs,
    visibilitySeconds: 2,
    handle: async ({ body, receiveCount }) => {
      handled.set(body, receiveCount);
      await allHere();
    },
    countFailure: async () => t.fail("its work was done") as never,
  });
  await pair.send(...bodies);
  await until(() => [...handled.values()].includes(2));
  await worker.stop();
  t.same([...handled.values()].toSorted(), [1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
  t.equal(requests.flat().length, 11);
  const { values } = await pair.metrics.stockwire_queue_messages_total.get();
  t.match(values, [{ labels: { outcome: "done" }, value: 10 }]);
  const [line] = pair.lines.filter(({ msg }) => /could not settle/.test(String(msg)));
  t.match(line, { err: { code: "InternalError", message: "not this one" } });
  t.equal((await pair.metrics.stockwire_queue_in_flight.get()).values[0]?.value, 0, "its slot is free");
  t.same(await test.receive(pair.queueUrl, 2), []);
  sqs.destroy();
});

t.test(
  "what SQS itself is at fault for is asked for again, and that alone, three times in all",
  async (t) => {
    const pair = await test.createPair();
    const { sqs, requests } = startClient(
      (entries, request) => entries.slice(0, request === 1 ? 2 : 1),
      false,
    );
    const handled = new Set<string>();
    const allHere = createGate(10);
    const worker = pair.startWorker({
      sqs,
      handle: async ({ body }) => {
        handled.add(body);
        await allHere();
      },
      countFailure: async () => t.fail("its work was done") as never,
    });
    await pair.send(...bodies);
    await until(() => handled.size === 10);
    await worker.stop();
    t.same(
      requests.map(({ length }) => length),
      [10, 2, 1],
    );
    const { values } = await pair.metrics.stockwire_queue_messages_total.get();
    t.match(values, [{ labels: { outcome: "done" }, value: 9 }]);
    sqs.destroy();
  },
);

t.test("a stop waits for deletes under way, whose slots are held until then", async (t) => {
  const pair = await test.createPair();
  const { sqs } = startClient();
  const answer = Promise.withResolvers<void>();
  let asked = false;
  sqs.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== "DeleteMessageBatchCommand") return next(args);
        asked = true;
        await answer.promise;
        return next(args);
      },
    { step: "initialize" },
  );
  const worker = pair.startWorker({ sqs, handle: async () => undefined });
  await pair.send("x");
  await until(() => asked);
  let isStopped = false;
  const stopped = worker.stop().then(() => {
    isStopped = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  t.notOk(isStopped);
  t.equal((await pair.metrics.stockwire_queue_in_flight.get()).values[0]?.value, 1);
  answer.resolve();
  await stopped;
  t.same(await test.receive(pair.queueUrl), []);
  sqs.destroy();
});
