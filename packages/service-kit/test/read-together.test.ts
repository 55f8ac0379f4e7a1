import { BatchGetCommand, type BatchGetCommandInput, PutCommand } from "@aws-sdk/lib-dynamodb";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import t from "tap";
import { createDynamoClient } from "../src/aws-clients.ts";
import { readTogether } from "../src/read-together.ts";
import { summariesOf } from "../src/stock/summarise-store.ts";
import { createThresholdsTable } from "../src/stock/thresholds-table.ts";

const cloud = await startLocalCloud({});
Object.assign(process.env, cloud.environment);
const dynamo = createDynamoClient();
t.teardown(async () => {
  dynamo.destroy();
  await cloud.stop();
});
const tables = { Thresholds: process.env.TABLE_THRESHOLDS ?? "", Stores: process.env.TABLE_STORES ?? "" };
const thresholds = createThresholdsTable(dynamo, tables.Thresholds);

const names = Array.from({ length: 130 }, (_, index) => `Store ${index}`);
for (const Store of names.slice(0, 70)) await thresholds.replace(Store, { Default: 3, Items: {} }, 0);
for (const Store of names.slice(60)) {
  const summary = { Store, Items: 1, OutOfStock: 0, Low: 0, LastLoadAt: "", LastUploadId: "", Revision: 1 };
  await dynamo.send(new PutCommand({ TableName: tables.Stores, Item: summary }));
}

/** The requests that a client makes, with what `change` makes of each before it goes out. */
const watched = (change: (input: BatchGetCommandInput) => BatchGetCommandInput = (input) => input) => {
  const requests: BatchGetCommandInput[] = [];
  const client = createDynamoClient();
  const send = client.send.bind(client) as (command: unknown) => Promise<unknown>;
  const watching = (command: BatchGetCommand) => {
    requests.push(command.input);
    return send(new BatchGetCommand(change(command.input)));
  };
  return { requests, client: Object.assign(client, { send: watching }) };
};

t.test("two tables in as few requests as there may be, each item under its own", async (t) => {
  const { client, requests } = watched();
  const [found, summaries] = await readTogether(
    client,
    thresholds.of(names),
    summariesOf(tables.Stores, names),
  );
  t.equal(requests.length, 3, "260 keys");
  t.same([...found.keys()].sort(), names.slice(0, 70).sort());
  t.same([...summaries.keys()].sort(), names.slice(60).sort());
  const all = requests.flatMap(({ RequestItems = {} }) => Object.values(RequestItems));
  t.ok(all.every(({ ConsistentRead }) => ConsistentRead));
  client.destroy();
});

t.test("nothing is asked for where there are no keys", async (t) => {
  const { client, requests } = watched();
  const [found, summaries] = await readTogether(client, thresholds.of([]), summariesOf(tables.Stores, []));
  t.same([found.size, summaries.size, requests.length], [0, 0, 0]);
  client.destroy();
});

t.test("what DynamoDB leaves out is asked for again", async (t) => {
  const client = createDynamoClient();
  const send = client.send.bind(client) as (command: BatchGetCommand) => Promise<Record<string, unknown>>;
  let answers = 0;
  /** Answers one key of each request, as if the answer were full then, and the second time none at all. */
  const grudging = async ({ input }: BatchGetCommand) => {
    answers += 1;
    const keys = Object.entries(input.RequestItems ?? {}).flatMap(([table, { Keys = [] }]) =>
      Keys.map((key) => [table, key] as const),
    );
    if (answers === 2) return { Responses: {}, UnprocessedKeys: requestOf(keys).RequestItems };
    const { Responses } = await send(new BatchGetCommand(requestOf(keys.slice(0, 1))));
    return { Responses, UnprocessedKeys: requestOf(keys.slice(1)).RequestItems };
  };
  const stores = names.slice(65, 70);
  const [found, summaries] = await readTogether(
    Object.assign(client, { send: grudging }),
    thresholds.of(stores),
    summariesOf(tables.Stores, stores),
  );
  t.same([...found.keys()].sort(), stores);
  t.same([...summaries.keys()].sort(), stores);
  t.equal(answers, 11);
  client.destroy();
});

const requestOf = (keys: readonly (readonly [string, Record<string, unknown>])[]) => {
  const RequestItems: Record<string, { Keys: Record<string, unknown>[]; ConsistentRead: true }> = {};
  for (const [table, key] of keys) {
    RequestItems[table] ??= { Keys: [], ConsistentRead: true };
    RequestItems[table].Keys.push(key);
  }
  return { RequestItems };
};
