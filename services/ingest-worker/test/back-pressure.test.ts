import { BatchExecuteStatementCommand } from "@aws-sdk/client-dynamodb";
import { BatchGetCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { isFinal } from "@stockwire/contracts/receipt";
import { createDynamoClient } from "@stockwire/service-kit/aws-clients";
import t from "tap";
import { newStore, startRig, until } from "./ingest-rig.ts";

const rig = await startRig();
t.teardown(() => rig.stop());

const csv = (store: string, rows: number, item = "Item"): string =>
  `store,item,count\n${Array.from({ length: rows }, (_, row) => `${store},${item} ${row},${row % 9}`).join("\n")}\n`;

/** What a call to DynamoDB does instead, where it answers anything. */
type Meddling = (command: unknown) => object | undefined;

/** DynamoDB as it is while others take its capacity, or while something is wrong with it. */
const meddledWith = (meddle: Meddling): DynamoDBDocumentClient => {
  const client = createDynamoClient();
  const send = client.send.bind(client) as (command: unknown, ...rest: unknown[]) => Promise<unknown>;
  client.send = (async (command: unknown, ...rest: unknown[]) => {
    const instead = meddle(command);
    if (instead instanceof Error) throw instead;
    return instead ?? send(command, ...rest);
  }) as typeof client.send;
  return client;
};

const throttled = () =>
  Object.assign(new Error("slow down"), { name: "ThrottlingException", $fault: "client" });

t.test("throttling slows a load, and is neither a failure nor a reason to ask without end", async (t) => {
  const store = newStore();
  let [calls, refused] = [0, 0];
  let deadline = 0;
  const dynamo = meddledWith((command) => {
    const isRead = command instanceof BatchGetCommand;
    if (!isRead && !(command instanceof BatchExecuteStatementCommand)) return undefined;
    calls += 1;
    deadline ||= Date.now() + 3_000;
    if (Date.now() > deadline) return undefined;
    refused += 1;
    // In turn: the whole call, and every row or key of it.
    if (refused % 3 === 0) return throttled();
    if (isRead) return { Responses: {}, UnprocessedKeys: command.input.RequestItems };
    const { Statements = [] } = command.input;
    return {
      Responses: Statements.map(() => ({ Error: { Code: "ThrottlingError", Message: "slow down" } })),
    };
  });
  const worker = await rig.startWorker({ dynamo });
  const receipt = await rig.ended(await rig.send(csv(store, 500)));
  await worker.stop();
  dynamo.destroy();
  t.equal(receipt.Status, "loaded");
  t.match(receipt.Rows, { read: 500, written: 500 });
  t.equal(receipt.FailedAttempts, undefined, "no attempt is counted");
  t.equal(Object.keys(await rig.counts(store)).length, 500);
  t.ok(refused >= 3, `${refused} calls refused`);
  t.ok(calls < 200, `${calls} calls in all: it waits longer each time`);
});

t.test("a poison file fails alone, after five attempts", async (t) => {
  const poison = newStore();
  const dynamo = meddledWith((command) =>
    command instanceof BatchExecuteStatementCommand && JSON.stringify(command.input).includes(poison)
      ? new TypeError("poison")
      : undefined,
  );
  const worker = await rig.startWorker({ dynamo });
  const poisoned = await rig.send(csv(poison, 10));
  for (let file = 0; file < 12; file += 1) {
    const receipt = await rig.ended(await rig.send(csv(newStore(), 10)));
    t.equal(receipt.Status, "loaded");
  }
  const failed = await rig.ended(poisoned);
  t.match(failed, { Status: "failed", Error: { code: "TypeError" } });
  await worker.stop();
  dynamo.destroy();
});

t.test("large files leave places to small ones", async (t) => {
  // Each is over the 4 MiB from which a file is large; two places, so one of them is for small ones.
  const worker = await rig.startWorker({}, { INGEST_CONCURRENCY: "2" });
  const name = "An item with a name that makes its row long, so that few rows make a file large".repeat(3);
  const large = [
    await rig.send(csv(newStore(), 20_000, name)),
    await rig.send(csv(newStore(), 20_000, name)),
    await rig.send(csv(newStore(), 20_000, name)),
  ];
  await until(async () => {
    const receipts = await Promise.all(large.map((id) => rig.receiptOf(id)));
    return receipts.some((receipt) => receipt?.Status === "loading") ? true : undefined;
  }, "a large file to be loaded");
  for (let file = 0; file < 3; file += 1) {
    t.equal((await rig.ended(await rig.send(csv(newStore(), 10)))).Status, "loaded");
  }
  const receipts = await Promise.all(large.map((id) => rig.receiptOf(id)));
  t.ok(
    receipts.some((receipt) => receipt === undefined || !isFinal(receipt.Status)),
    "small files came later and are done first",
  );
  t.ok(receipts.filter((receipt) => receipt?.Status === "loading").length <= 1, "one large file at a time");
  await worker.stop();
});
