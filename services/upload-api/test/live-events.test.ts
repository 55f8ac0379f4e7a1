import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { LiveEventName } from "@stockwire/contracts/live-event";
import { minuteOf } from "@stockwire/contracts/live-position";
import { createEventAppender } from "@stockwire/service-kit/live/append-events";
import { createLiveEvents } from "@stockwire/service-kit/live/live-events";
import t from "tap";
import { v7 as uuidv7 } from "uuid";
import { readStream } from "./event-reader.ts";
import { ADMIN_KEY, apiWith, createKey, fetch, startApi, until } from "./helpers.ts";

const api = await startApi(t);
const other = await apiWith(t, api, {});
const { Events } = api.context.resources.tables;

const stock = (store: string, item: string) => ({
  store,
  items: [{ item, count: 1, level: "ok", updatedAt: new Date().toISOString(), uploadId: "u", line: 2 }],
  gone: [],
  more: false,
  summary: null,
});
const { append } = createEventAppender({
  dynamo: api.dynamo,
  tableName: Events,
  onError: (error) => {
    throw error;
  },
});
const appendStock = (store: string, item: string) =>
  append({ Name: "stock", Store: store, Data: JSON.stringify(stock(store, item)) });
/** One whose id was made some time ago: a write that took long. */
const appendLate = async (store: string, item: string, age: number): Promise<string> => {
  const msecs = Date.now() - age;
  const EventId = uuidv7({ msecs });
  const Name: LiveEventName = "stock";
  const Item = {
    Minute: minuteOf(msecs),
    EventId,
    Name,
    Store: store,
    Data: JSON.stringify(stock(store, item)),
  };
  await api.dynamo.send(new PutCommand({ TableName: Events, Item: { ...Item, ExpiresAt: 0 } }));
  return EventId;
};
const names = (frames: readonly { data: { items?: { item: string }[] } }[]) =>
  frames.flatMap(({ data }) => data.items?.map(({ item }) => item) ?? []);
const open = (key = ADMIN_KEY, query = "", headers = {}, url = api.url) =>
  readStream(`${url}/v1/events${query}`, key, headers);
const isStockOf = (item: string) => (frame: { data: { items?: { item: string }[] } }) =>
  frame.data.items?.[0]?.item === item;

t.test("begins at once with a position, and headers that no proxy holds back", async (t) => {
  const stream = await open();
  const first = await stream.next(() => true);
  t.equal(first.event, "ready");
  t.match(first.id, /^[\da-f]{8}-/);
  t.match(stream.response.headers.get("content-type"), "text/event-stream");
  t.equal(stream.response.headers.get("cache-control"), "no-store, no-transform");
  t.equal(stream.response.headers.get("x-accel-buffering"), "no");
  await stream.close();
});

t.test("an event that any process appends is told by every replica, once", async (t) => {
  const streams = [await open(), await open(ADMIN_KEY, "", {}, other)];
  await appendStock("Berlin", "Both");
  for (const stream of streams) await stream.next(isStockOf("Both"));
  const late = await appendLate("Berlin", "Late", 4_000);
  for (const stream of streams) {
    const { id } = await stream.next(isStockOf("Late"), "what was written late");
    t.equal(id, late);
  }
  await appendStock("Berlin", "Last");
  for (const stream of streams) {
    await stream.next(isStockOf("Last"));
    const told = names(stream.frames);
    t.equal(new Set(told).size, told.length, "nothing twice");
    await stream.close();
  }
});

t.test("goes on behind a position, on any replica", async (t) => {
  const stream = await open();
  await appendStock("Berlin", "Seen");
  await stream.next(isStockOf("Seen"));
  await stream.close();
  await appendStock("Berlin", "Missed");
  const resumed = await open(ADMIN_KEY, "", { "last-event-id": stream.lastId }, other);
  await resumed.next(isStockOf("Missed"));
  t.equal(resumed.frames[0]?.id, stream.lastId, "is not moved on before what was missed is told");
  t.notOk(resumed.frames.some(({ event }) => event === "reset"));
  await appendStock("Berlin", "Next");
  await resumed.next(isStockOf("Next"));
  await resumed.close();
  const late = await appendLate("Berlin", "Long ago", 10 * 60_000);
  const long = await open(ADMIN_KEY, "", { "last-event-id": late });
  await long.next(isStockOf("Long ago"), "what happened ten minutes ago");
  t.ok(names(long.frames).includes("Missed"));
  await long.close();
});

t.test("resets where it cannot go on", async (t) => {
  const at = (age: number) => uuidv7({ msecs: Date.now() - age });
  for (const [id, reason] of [
    ["nonsense", "unknown_id"],
    ["6f1c2a52-3b0e-4d53-9a64-0c0f6f3f5b11", "unknown_id"],
    [at(-120_000), "unknown_id"],
    [at(16 * 60_000), "too_old"],
  ] as const) {
    const stream = await open(ADMIN_KEY, "", { "last-event-id": id });
    const { data, id: position } = await stream.next(({ event }) => event === "reset");
    t.same(data, { reason });
    t.match(position, /^[\da-f]{8}-/);
    await appendStock("Berlin", `After ${id}`);
    await stream.next(isStockOf(`After ${id}`), "what comes after the reset");
    await stream.close();
  }
});

t.test("a caller hears of its stores alone", async (t) => {
  const { text } = await createKey(api, { Scopes: ["read"], Store: "Berlin" });
  const bound = await open(text);
  const foreign = await open(text, "?store=Tokyo");
  const one = await open(ADMIN_KEY, "?store=Tokyo");
  await append({ Name: "receipt", Data: JSON.stringify({ receipt: { uploadId: "mixed", store: null } }) });
  await append({
    Name: "receipt",
    Data: JSON.stringify({ receipt: { uploadId: "partial", store: "Tokyo" } }),
  });
  await append({
    Name: "alerts",
    Store: "Tokyo",
    Data: JSON.stringify({ store: "Tokyo", alerts: [], more: false }),
  });
  await appendStock("Tokyo", "Theirs");
  await appendStock("Berlin", "Ours");
  await bound.next(isStockOf("Ours"));
  t.same(
    bound.frames.map(({ event }) => event),
    ["ready", ...names(bound.frames).map(() => "stock")],
  );
  t.notOk(names(bound.frames).includes("Theirs"));
  await one.next(isStockOf("Theirs"));
  t.ok(one.frames.some(({ data }) => data.receipt?.uploadId === "partial"));
  t.notOk(one.frames.some(({ data }) => data.receipt?.uploadId === "mixed"));
  t.notOk(names(one.frames).includes("Ours"));
  t.same(foreign.frames.length, 1, "as a store in which nothing happens");
  for (const stream of [bound, foreign, one]) await stream.close();
});

t.test("a file is told of when it is accepted", async (t) => {
  const stream = await open();
  const sent = await fetch(`${api.url}/v1/inventory`, {
    method: "POST",
    headers: { "content-type": "text/csv" },
    body: "store,item,count\nBerlin,Echo,3\n",
  });
  const { uploads } = (await sent.json()) as { uploads: { uploadId: string }[] };
  const { data } = await stream.next(
    (frame) => frame.data.receipt?.uploadId === uploads[0]?.uploadId,
    "the receipt",
  );
  t.equal(data.receipt.status, "received");
  await stream.close();
});

t.test("an invoice is told to callers of all stores alone", async (t) => {
  const { text } = await createKey(api, { Scopes: ["read"], Store: "Berlin" });
  const [all, bound] = [await open(), await open(text)];
  const sent = await fetch(`${api.url}/v1/invoices`, {
    method: "POST",
    headers: { "content-type": "text/plain" },
    body: "Customer-ID: c-1\n",
  });
  const { uploads } = (await sent.json()) as { uploads: { uploadId: string }[] };
  const uploadId = uploads[0]?.uploadId;
  const { event, data } = await all.next((frame) => frame.data.receipt?.uploadId === uploadId, "the receipt");
  t.equal(event, "receipt");
  t.match(data.receipt, { kind: "invoice", store: null, status: "received" });
  await appendStock("Berlin", "After the invoice");
  await bound.next(isStockOf("After the invoice"));
  t.notOk(bound.frames.some((frame) => frame.event === "receipt"));
  for (const stream of [all, bound]) await stream.close();
});

t.test("many rows of many stores are not all listed, a few of one store always are", async (t) => {
  const stream = await open();
  const { log, metrics } = api.context;
  // An interval that does not end while this runs.
  const writer = createLiveEvents({
    dynamo: api.dynamo,
    tableName: Events,
    log,
    metrics,
    intervalMs: 60_000,
  });
  const rowsOf = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      ...{
        item: `Item-${String(index).padStart(3, "0")}`,
        count: 1,
        level: "ok" as const,
        updatedAt: new Date().toISOString(),
      },
      ...{ uploadId: uuidv7(), line: index },
    }));
  // Four of these take all but a hundred bytes of what may be listed.
  for (let store = 0; store < 7; store++) writer.stock(`Heavy ${store}`, { items: rowsOf(94) });
  writer.stock("Light", { items: rowsOf(2) });
  await writer.stop();
  const light = await stream.next(({ data }) => data.store === "Light");
  t.match(light.data, { items: { length: 2 }, more: false });
  const heavy = () => stream.frames.filter(({ data }) => data.store?.startsWith("Heavy"));
  await until("all of them", () => heavy().length === 7);
  const listed = heavy().filter(({ data }) => data.items.length > 0);
  t.ok(listed.length > 0);
  t.ok(Buffer.byteLength(listed.map(({ data }) => JSON.stringify(data)).join("")) < 70_000);
  t.ok(heavy().every(({ data }) => data.more === (data.items.length === 0)));
  await stream.close();
});

t.test("more than may wait for a reader is a reset, and the stream goes on", async (t) => {
  const before = uuidv7();
  const padded = JSON.stringify({ ...stock("Berlin", "Much"), padding: "x".repeat(100_000) });
  for (let sent = 0; sent < 12; sent++) await append({ Name: "stock", Store: "Berlin", Data: padded });
  const stream = await open(ADMIN_KEY, "", { "last-event-id": before });
  const { data } = await stream.next(({ event }) => event === "reset", "the reset");
  t.same(data, { reason: "too_much" });
  await appendStock("Berlin", "After much");
  await stream.next(isStockOf("After much"));
  t.notOk(names(stream.frames).includes("Much"));
  await stream.close();
});

t.test("who may not read gets no stream", async (t) => {
  const { text } = await createKey(api, { Scopes: ["upload"] });
  t.equal((await fetch(`${api.url}/v1/events`, { headers: { "x-api-key": text } })).status, 403);
  t.equal((await globalThis.fetch(`${api.url}/v1/events`)).status, 401);
  t.equal((await fetch(`${api.url}/v1/events`, { method: "HEAD" })).status, 405);
});
