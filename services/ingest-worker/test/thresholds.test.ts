import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { uploadVersion } from "@stockwire/contracts/keys";
import type { AlertKind } from "@stockwire/contracts/level";
import { createDynamoClient } from "@stockwire/service-kit/aws-clients";
import { settleLevels } from "@stockwire/service-kit/stock/settle-levels";
import { createThresholdsTable } from "@stockwire/service-kit/stock/thresholds-table";
import t from "tap";
import { createLoadsTable } from "../src/order/loads-table.ts";
import { newStore, startRig, until } from "./ingest-rig.ts";

const rig = await startRig();
t.teardown(rig.stop);
const thresholds = createThresholdsTable(rig.dynamo, rig.tables.Thresholds);

const csv = (store: string, ...rows: (readonly [string, number])[]): string =>
  ["store,item,count", ...rows.map(([item, count]) => `${store},${item},${count}`)].join("\n");
const levels = async (store: string): Promise<Record<string, string>> =>
  Object.fromEntries((await rig.rowsOf(store)).map(({ Item, Level }) => [Item, Level]));
const load = async (content: string) => rig.ended(await rig.send(content));

/** What `PUT /v1/stores/{store}/thresholds` does. */
const set = async (store: string, byDefault: number, items: Record<string, number | null> = {}) => {
  const item = await thresholds.replace(store, { Default: byDefault, Items: items }, undefined);
  if (item !== undefined) await settleLevels(rig.dynamo, rig.tables.Inventory, thresholds, item);
};
const isSettled = async (store: string): Promise<boolean> => {
  const item = await thresholds.get(store);
  return item?.SettledRevision === item?.Revision;
};

t.test("rows get their level by the store's thresholds, and falling to one counts", async (t) => {
  const { metrics, stop } = await rig.startWorker();
  const transitions = async (kind: AlertKind): Promise<number> => {
    const { values } = await metrics.stockwire_transitions_total.get();
    return values.find(({ labels }) => labels.kind === kind)?.value ?? 0;
  };
  const store = newStore();
  await set(store, 5, { own: 50, never: null });
  await load(csv(store, ["a", 10], ["b", 5], ["own", 51], ["never", 1], ["out", 0]));
  t.same(await levels(store), { a: "ok", b: "low", own: "ok", never: "ok", out: "out" });
  t.equal(await transitions("low"), 0, "an item that appears with little has not fallen");
  const { Item } = await rig.dynamo.send(
    new GetCommand({ TableName: rig.tables.Stores, Key: { Store: store }, ConsistentRead: true }),
  );
  t.match(Item, { Items: 5, OutOfStock: 1, Low: 1 });

  await load(csv(store, ["a", 5], ["b", 4], ["own", 50], ["never", 0], ["out", 2]));
  t.same(await levels(store), { a: "low", b: "low", own: "low", never: "out", out: "low" });
  t.equal(await transitions("low"), 2, "a and own; not b, which was low, nor out, which is back");
  t.equal(await transitions("back"), 1);
  t.equal(await transitions("out"), 2);

  await set(store, 4, { own: 50 });
  t.same(await levels(store), { a: "ok", b: "low", own: "low", never: "out", out: "low" });
  const same = await load(csv(store, ["a", 5], ["b", 4], ["own", 50], ["never", 0], ["out", 2], ["new", 9]));
  t.match(same.Rows, { written: 1, unchanged: 5 }, "what was set anew is not written again");
  t.equal(await transitions("low"), 2);
  await stop();
});

/** A worker's client that runs `before` ahead of each batch of writes, numbered from 1. */
const clientWith = (before: (batch: number) => Promise<void>) => {
  const dynamo = createDynamoClient();
  let batches = 0;
  dynamo.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === "BatchExecuteStatementCommand") await before(++batches);
      return next(args);
    },
    { step: "initialize" },
  );
  return dynamo;
};
const ROWS = 300;
const file = (store: string): string =>
  csv(store, ...Array.from({ length: ROWS }, (_, row) => [`item ${row}`, 5] as const));
const levelCounts = async (store: string): Promise<Record<string, number>> => {
  const found: Record<string, number> = {};
  for (const { Level } of await rig.rowsOf(store)) found[Level] = (found[Level] ?? 0) + 1;
  return found;
};

t.test("thresholds that change in the middle of a load hold for all of its rows", async (t) => {
  const store = newStore();
  const dynamo = clientWith(async (batch) => {
    if (batch === 3) await set(store, 5);
  });
  t.teardown(() => dynamo.destroy());
  const worker = await rig.startWorker({ dynamo });
  t.match(await load(file(store)), { Status: "loaded", Rows: { written: ROWS } });
  t.same(await levelCounts(store), { low: ROWS });
  t.ok(await isSettled(store));
  await worker.stop();
});

t.test("and also where the load is cut short after they changed, and begins again", async (t) => {
  const store = newStore();
  const dynamo = clientWith(async (batch) => {
    if (batch === 3) await set(store, 5);
    if (batch === 9) throw Object.assign(new Error("cut short"), { code: "ECONNRESET" });
  });
  t.teardown(() => dynamo.destroy());
  const worker = await rig.startWorker({ dynamo });
  t.match(await load(file(store)), { Status: "loaded", FailedAttempts: 1, Rows: { written: ROWS } });
  t.same(await levelCounts(store), { low: ROWS });
  await worker.stop();
});

t.test("levels that nobody finished setting are set by the next load", async (t) => {
  const worker = await rig.startWorker();
  const store = newStore();
  await load(csv(store, ["a", 3], ["b", 3]));
  // The request that changes them dies before it has set a single level.
  await thresholds.replace(store, { Default: 3, Items: {} }, undefined);
  await load(csv(store, ["c", 9]));
  t.same(await levels(store), { a: "low", b: "low", c: "ok" });
  t.ok(await isSettled(store), "and once is enough");
  await worker.stop();
});

t.test("while another load is open nobody vouches for the levels", async (t) => {
  const worker = await rig.startWorker();
  const store = newStore();
  const loads = createLoadsTable(rig.dynamo, rig.tables.Loads);
  const older = uploadVersion("2026-01-01T00:00:00.000Z", "another");
  const object = { bucket: "b", key: "k", etag: "e" };
  await loads.register([store], {
    version: older,
    content: "c",
    mode: "load",
    object,
    storeRestriction: undefined,
  });
  await rig.dynamo.send(
    new PutCommand({ TableName: rig.tables.Uploads, Item: { UploadId: "another", Status: "loading" } }),
  );
  await set(store, 3);
  await load(csv(store, ["a", 3]));
  t.notOk(await isSettled(store), "it may have read the thresholds before they changed");
  await loads.finish([store], older, { written: 0, unchanged: 0, stale: 0, retired: 0 });
  await load(csv(store, ["a", 2]));
  await until(async () => (await isSettled(store)) || undefined, "the levels to be vouched for");
  t.same(await levels(store), { a: "low" });
  await worker.stop();
});
