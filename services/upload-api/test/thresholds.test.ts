import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { InventoryItem, StoreItem } from "@stockwire/contracts/items";
import { levelOf } from "@stockwire/contracts/level";
import { settleLevels } from "@stockwire/service-kit/stock/settle-levels";
import t from "tap";
import { readStream } from "./event-reader.ts";
import { ADMIN_KEY, fetch, problemOf, startApi } from "./helpers.ts";

const api = await startApi(t);
const { tables } = api.context.resources;

const urlOf = (store: string): string => `${api.url}/v1/stores/${encodeURIComponent(store)}/thresholds`;
const put = (store: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(urlOf(store), {
    method: "PUT",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const answer = async (response: Response): Promise<Record<string, unknown>> => {
  if (response.status !== 200) throw new Error(await response.text());
  return (await response.json()) as Record<string, unknown>;
};

/** Stock as a load without thresholds left it, and its summary. */
const stock = async (store: string, counts: Readonly<Record<string, number>>): Promise<void> => {
  for (const [Item, Count] of Object.entries(counts)) {
    const row: InventoryItem = {
      Store: store,
      Item,
      Count,
      Level: levelOf(Count),
      Previous: null,
      Version: "2026-03-01T10:00:00.000Z\u001fupload-1",
      Line: 2,
      UploadId: "upload-1",
      UpdatedAt: "2026-03-01T10:00:00.000Z",
    };
    await api.dynamo.send(new PutCommand({ TableName: tables.Inventory, Item: row }));
  }
  const summary: StoreItem = {
    Store: store,
    Items: Object.keys(counts).length,
    OutOfStock: 0,
    LastLoadAt: "2026-03-01T10:00:00.000Z",
    LastUploadId: "upload-1",
    Revision: 1,
  };
  await api.dynamo.send(new PutCommand({ TableName: tables.Stores, Item: summary }));
};
const rowsOf = async (store: string): Promise<InventoryItem[]> => {
  const { Items } = await api.dynamo.send(
    new QueryCommand({
      TableName: tables.Inventory,
      KeyConditionExpression: "#store = :store",
      ExpressionAttributeNames: { "#store": "Store" },
      ExpressionAttributeValues: { ":store": store },
    }),
  );
  return (Items ?? []) as InventoryItem[];
};
const levelsOf = async (store: string): Promise<Record<string, string>> =>
  Object.fromEntries((await rowsOf(store)).map(({ Item, Level }) => [Item, Level]));

t.test("thresholds set the levels of what stands, and nothing else of it", async (t) => {
  await stock("Berlin", { a: 0, b: 1, c: 5, d: 6, e: 100 });
  const before = await rowsOf("Berlin");
  const unset = await fetch(urlOf("Berlin"));
  t.equal(unset.headers.get("etag"), '"0"');
  t.same(await answer(unset), { store: "Berlin", default: null, items: {}, updatedAt: null });

  const set = await put("Berlin", { default: 5, items: { e: 100, b: null } });
  t.equal(set.headers.get("etag"), '"1"');
  const expected = { store: "Berlin", default: 5, items: { e: 100, b: null } };
  t.match(await answer(set), { ...expected, changedLevels: 2 });
  t.same(await levelsOf("Berlin"), { a: "out", b: "ok", c: "low", d: "ok", e: "low" });
  const kept = ({ Level: _, ...row }: InventoryItem) => row;
  t.same((await rowsOf("Berlin")).map(kept), before.map(kept), "version, line and time are the load's");
  t.match(await answer(await fetch(urlOf("Berlin"))), { ...expected, updatedAt: /^20/ });
  const { items } = await answer(await fetch(`${api.url}/v1/stores`));
  t.match(items, [{ store: "Berlin", items: 5, outOfStock: 1, low: 2, lastUploadId: "upload-1" }]);

  t.match(await answer(await put("Berlin", { default: 5, items: { e: 100, b: null } })), {
    changedLevels: 0,
  });
  t.match(await answer(await put("Berlin", {})), { default: null, items: {}, changedLevels: 2 });
  t.same(await levelsOf("Berlin"), { a: "out", b: "ok", c: "ok", d: "ok", e: "ok" });
  t.match(await answer(await put("Berlin", { default: 0 })), { default: 0, changedLevels: 0 }, "0 is out");
});

t.test("pages are told of a store whose levels have moved, and of no other", async (t) => {
  await stock("Watched", { a: 1, b: 5 });
  await stock("Unmoved", { a: 9 });
  const stream = await readStream(`${api.url}/v1/events`, ADMIN_KEY);
  await put("Unmoved", { default: 1 });
  await put("Watched", { default: 1 });
  const { event, data } = await stream.next((frame) => frame.data.store === "Watched", "the stock event");
  t.equal(event, "stock");
  // Which rows they are is asked for: there may be thousands.
  t.match(data, {
    items: [],
    gone: [],
    more: true,
    summary: { store: "Watched", items: 2, low: 1, revision: 2 },
  });
  t.notOk(stream.frames.some((frame) => frame.data.store === "Unmoved"));
  await stream.close();
});

t.test("a store that has not had a load yet, and one that nobody has heard of", async (t) => {
  t.match(await problemOf(await fetch(urlOf("Later"))), { status: 404, code: "store_not_found" });
  t.match(await answer(await put(" Later ", { default: 3 })), { store: "Later", changedLevels: 0 });
  t.match(await answer(await fetch(urlOf("Later"))), { default: 3 });
  const { Item } = await api.dynamo.send(
    new GetCommand({ TableName: tables.Stores, Key: { Store: "Later" } }),
  );
  t.equal(Item, undefined, "no summary without a load");
});

t.test("the same request sets right what an earlier one left undone", async (t) => {
  await stock("Unfinished", { a: 1, b: 2 });
  await put("Unfinished", { default: 2 });
  await api.dynamo.send(
    new UpdateCommand({
      TableName: tables.Inventory,
      Key: { Store: "Unfinished", Item: "b" },
      UpdateExpression: "SET #level = :ok",
      ExpressionAttributeNames: { "#level": "Level" },
      ExpressionAttributeValues: { ":ok": "ok" },
    }),
  );
  t.match(await answer(await put("Unfinished", { default: 2 })), { changedLevels: 1 });
  t.same(await levelsOf("Unfinished"), { a: "low", b: "low" });
});

t.test("whoever sets levels by thresholds that have changed sets them by the new ones", async (t) => {
  await stock("Races", { a: 1, b: 4 });
  const { thresholds } = api.context;
  const old = await thresholds.replace("Races", { Default: 5, Items: {} }, undefined);
  await put("Races", { default: 2 });
  t.ok(old);
  if (old) t.match(await settleLevels(api.dynamo, tables.Inventory, thresholds, old), { revision: 2 });
  t.same(await levelsOf("Races"), { a: "low", b: "ok" });
});

t.test("a level that is no threshold's to say is left alone", async (t) => {
  await stock("Strange", { a: 1 });
  const [row] = await rowsOf("Strange");
  await api.dynamo.send(new PutCommand({ TableName: tables.Inventory, Item: { ...row, Level: "retired" } }));
  t.match(await answer(await put("Strange", { default: 2 })), { changedLevels: 0 });
  t.same(await levelsOf("Strange"), { a: "retired" });
});

t.test("of two who change the same revision one is told", async (t) => {
  const first = await put("Contended", { default: 1 }, { "if-match": '"0"' });
  t.equal(first.status, 200);
  const late = await problemOf(await put("Contended", { default: 2 }, { "if-match": '"0"' }));
  t.match(late, { status: 412, code: "thresholds_changed" });
  const etag = first.headers.get("etag") ?? "";
  t.equal((await put("Contended", { default: 3 }, { "if-match": etag })).status, 200);
  t.match(await answer(await fetch(urlOf("Contended"))), { default: 3 });
  const nonsense = await problemOf(await put("Contended", {}, { "if-match": "yes" }));
  t.match(nonsense, { status: 400, code: "invalid_request" });
});

t.test("names are taken in their normal form, whatever they are", async (t) => {
  const items = { " Cafe\u0301 ": 3, constructor: 1, toString: null };
  t.match(await answer(await put("Names", { items })), {
    items: { Café: 3, constructor: 1, toString: null },
  });
  await stock("Names", { Café: 3, constructor: 2, toString: 1, valueOf: 1 });
  t.match(await answer(await put("Names", { default: 2, items })), { changedLevels: 2 });
  t.same(await levelsOf("Names"), { Café: "low", constructor: "ok", toString: "ok", valueOf: "low" });
});

t.test("what is refused", async (t) => {
  const refused = async (body: unknown, store = "Berlin") => problemOf(await put(store, body));
  const invalid = { status: 400, code: "invalid_request" };
  for (const body of [
    { default: -1 },
    { default: 1_000_000_000 },
    { default: 1.5 },
    { default: "5" },
    { default: true },
    { other: 1 },
    { items: { a: "5" } },
    { items: { " ": 5 } },
    { items: { ["x".repeat(257)]: 5 } },
    { items: { Café: 3, "Cafe\u0301": 4 } },
    { items: [1] },
    [],
    '{"default": ',
    '{"__proto__": {"default": 1}}',
    "null",
  ]) {
    t.match(await refused(body), invalid, JSON.stringify(body));
  }
  t.match(await refused({}, "x".repeat(129)), { status: 400, code: "invalid_store" });
  const many = Object.fromEntries(Array.from({ length: 5_001 }, (_, n) => [`Item ${n}`, n]));
  t.match(await refused({ items: many }), invalid);
  const long = Object.fromEntries(Array.from({ length: 1_300 }, (_, n) => [`${n} ${"x".repeat(245)}`, n]));
  t.match(await refused({ items: long }), { status: 413, code: "body_too_large" }, "more than an item holds");
  t.match(await refused({ items: { ["x".repeat(1_100_000)]: 1 } }), { status: 413, code: "body_too_large" });
  const typed = await fetch(urlOf("Berlin"), { method: "PUT", body: "{}" });
  t.match(await problemOf(typed), { status: 415, code: "unsupported_media_type" });
  t.match(await problemOf(await fetch(urlOf("Berlin"), { method: "DELETE" })), { status: 405 });
  t.match(await answer(await fetch(urlOf("Berlin"))), { default: 0 }, "nothing of it was taken");
});
