import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { AlertItem, InventoryItem, StoreItem } from "@stockwire/contracts/items";
import { compositeKey } from "@stockwire/contracts/keys";
import { alertsDaysKey, createRecordedDays } from "@stockwire/service-kit/recorded-days";
import t from "tap";
import { encodeCursor } from "../src/cursor.ts";
import { queryIndex } from "../src/queries/query-index.ts";
import { fetch, follow, problemOf, startApi } from "./helpers.ts";

const api = await startApi(t);
const { tables } = api.context.resources;
const put = (TableName: string, Item: object) => api.dynamo.send(new PutCommand({ TableName, Item }));

const STRANGE = "Größe/100% ?#&+ “x”";
const names = ["Berlin", STRANGE, "aachen"];
for (const [index, Store] of names.entries()) {
  const summary: StoreItem = {
    Store,
    Items: 40,
    OutOfStock: index,
    LastLoadAt: "2026-03-01T10:00:00.000Z",
    LastUploadId: `upload-${index}`,
    Revision: 1,
  };
  await put(tables.Stores, summary);
}
const stock = [...names, "Unlisted"].flatMap((Store) =>
  Array.from({ length: 40 }, (_, n): InventoryItem => {
    const Level = n % 10 === 0 ? "out" : n % 4 === 1 ? "low" : "ok";
    return {
      Store,
      Item: `Item ${String(n).padStart(2, "0")}`,
      Count: Level === "out" ? 0 : n,
      Level,
      Previous: null,
      Version: "v",
      Line: n + 2,
      UploadId: "upload-1",
      UpdatedAt: "2026-03-01T10:00:00.000Z",
    };
  }),
);
await Promise.all(stock.map((row) => put(tables.Inventory, row)));

const transitions = ["2026-03-05", "2026-03-02"].flatMap((Day) =>
  Array.from({ length: 30 }, (_, n): AlertItem => {
    const Store = n % 3 === 0 ? "Berlin" : STRANGE;
    const Item = `Item ${n}`;
    // Several of one load share a moment, so that the order needs more than the time.
    const At = `${Day}T10:00:0${Math.floor(n / 10)}.000Z`;
    return {
      StoreItem: compositeKey(Store, Item),
      Version: `${At}-${n}`,
      Store,
      Item,
      Kind: "out",
      Count: 0,
      Message: `${Store} is out of stock of ${Item}`,
      UploadId: "upload-1",
      At,
      Day,
      ExpiresAt: 4_000_000_000,
      ...(n > 0 && { Previous: n, PublishedAt: At }),
    };
  }).reverse(),
);
const days = createRecordedDays(api.dynamo, tables.Alerts, alertsDaysKey);
for (const alert of transitions) {
  await days.remember(alert.Day);
  await put(tables.Alerts, alert);
}

interface Page {
  items: Record<string, unknown>[];
  cursor?: string;
}

const page = async (path: string): Promise<Page> => {
  const response = await fetch(api.url + path);
  if (response.status !== 200) throw new Error(await response.text());
  return (await response.json()) as Page;
};

type Row = Record<string, unknown>;

t.test("stores come by name, in pages", async (t) => {
  const stores = await follow<Row>(api, "/v1/stores?", 2);
  t.strictSame(
    stores.map(({ store }) => store),
    ["Berlin", STRANGE, "aachen"],
  );
  t.strictSame(stores[1], {
    store: STRANGE,
    items: 40,
    outOfStock: 1,
    low: 0,
    lastLoadAt: "2026-03-01T10:00:00.000Z",
    lastUploadId: "upload-1",
    revision: 1,
  });
});

t.test("a store's items come by name, whatever the store is called", async (t) => {
  for (const store of names) {
    const items = await follow<Row>(api, `/v1/stores/${encodeURIComponent(store)}/inventory?`, 7);
    t.equal(items.length, 40, store);
    t.strictSame(items[11], {
      item: "Item 11",
      count: 11,
      level: "ok",
      updatedAt: "2026-03-01T10:00:00.000Z",
      uploadId: "upload-1",
      line: 13,
    });
  }
  const decomposed = encodeURIComponent(STRANGE.normalize("NFD"));
  t.equal(
    (await page(`/v1/stores/${decomposed}/inventory`)).items.length,
    40,
    "however its letters are put together",
  );
});

t.test("the level filter fills its pages", async (t) => {
  for (const level of ["ok", "low", "out"]) {
    const items = await follow<Row>(api, `/v1/stores/Berlin/inventory?level=${level}&`, 3);
    const expected = stock.filter(({ Store, Level }) => Store === "Berlin" && Level === level);
    t.strictSame(
      items.map(({ item }) => item),
      expected.map(({ Item }) => Item),
    );
  }
});

t.test("a store that nobody has heard of, and questions that make no sense", async (t) => {
  t.equal((await page("/v1/stores/Unlisted/inventory")).items.length, 40, "stock without a summary yet");
  const ask = async (path: string) => problemOf(await fetch(api.url + path));
  t.match(await ask("/v1/stores/berlin/inventory"), { status: 404, code: "store_not_found" });
  for (const name of ["%20", "x".repeat(129), encodeURIComponent("\u{1d160}".repeat(200))]) {
    t.match(await ask(`/v1/stores/${name}/inventory`), { status: 404, code: "store_not_found" }, name);
  }
  t.match(await ask("/v1/stores/Berlin/inventory?level=high"), { status: 400, code: "invalid_request" });
  t.match(await ask("/v1/stores/Berlin/inventory?limit=1001"), { status: 400, code: "invalid_request" });
  t.match(await ask("/v1/stores/Berlin/inventory?cursor=e30"), { status: 400, code: "invalid_cursor" });
  t.match(await ask("/v1/stores?cursor=%7B"), { status: 400, code: "invalid_cursor" });
  t.match(await ask("/v1/alerts?cursor=e30"), { status: 400, code: "invalid_cursor" });
});

t.test("a made-up cursor is refused, whatever its keys are", async (t) => {
  const ask = async (path: string, position: unknown) =>
    problemOf(await fetch(`${api.url}${path}cursor=${encodeCursor(position)}`));
  const long = "x".repeat(1_025);
  const refused = { status: 400, code: "invalid_cursor" };
  t.match(await ask("/v1/stores/Berlin/inventory?", { Item: long }), refused);
  t.match(await ask("/v1/stores/Berlin/inventory?", { Item: "😀".repeat(257) }), refused);
  t.match(await ask("/v1/stores?", { store: long }), refused);
  const alert = { StoreItem: "Berlin", Version: long, At: "2026-03-05T10:00:00.000Z" };
  t.match(await ask("/v1/alerts?store=Berlin&", alert), refused);
  t.match(await ask("/v1/alerts?", { day: "2026-03-05", key: alert }), refused);
  t.match(await ask("/v1/uploads?store=Berlin&", { UploadId: "x".repeat(2_049), Version: "x" }), refused);
  const longest = await fetch(
    `${api.url}/v1/stores/Berlin/inventory?cursor=${encodeCursor({ Item: "😀".repeat(256) })}`,
  );
  t.equal(longest.status, 200, "an item's name may be this long");
  await longest.body?.cancel();
});

t.test("a place that DynamoDB refuses is the cursor's fault; anything else it refuses is ours", async (t) => {
  const query = {
    tableName: api.context.resources.tables.Inventory,
    partition: { name: "Store", value: "Berlin" },
    filter: {},
    newestFirst: false,
    keyNames: ["Item"],
  };
  const wrong = { ...query, partition: { name: "Shop", value: "Berlin" } };
  await t.rejects(queryIndex(api.dynamo, query, { Item: "a", Other: "b" }, 1), { code: "invalid_cursor" });
  await t.rejects(queryIndex(api.dynamo, wrong, undefined, 1), { name: "ValidationException" });
});

t.test("alerts come newest first, over days and for one store", async (t) => {
  const all = await follow<Row>(api, "/v1/alerts?", 7);
  t.equal(all.length, 60);
  const moments = all.map(({ at }) => String(at));
  t.strictSame(moments, moments.toSorted().reverse());
  t.equal(new Set(all.map(({ item, at }) => `${item} ${at}`)).size, 60, "each of them once");
  const first = all.find(({ item, at }) => item === "Item 1" && at === "2026-03-05T10:00:00.000Z");
  t.strictSame(first, {
    store: STRANGE,
    item: "Item 1",
    kind: "out",
    count: 0,
    previous: 1,
    message: `${STRANGE} is out of stock of Item 1`,
    at: "2026-03-05T10:00:00.000Z",
    publishedAt: "2026-03-05T10:00:00.000Z",
  });
  t.match(
    all.find(({ item }) => item === "Item 0"),
    { previous: null, publishedAt: null },
  );

  const berlin = await follow<Row>(api, "/v1/alerts?store=Berlin&", 3);
  t.equal(berlin.length, 20);
  t.ok(berlin.every(({ store }) => store === "Berlin"));
  t.strictSame(await page("/v1/alerts?store=Nowhere"), { items: [] });
});

t.test("alerts of one item, and of one kind", async (t) => {
  const all = await follow<Row>(api, "/v1/alerts?", 7);
  const [one] = all;
  const query = `store=${encodeURIComponent(String(one?.store))}&item=${encodeURIComponent(String(one?.item))}&`;
  const ofItem = await follow<Row>(api, `/v1/alerts?${query}`, 1);
  t.ok(ofItem.length > 0);
  t.same(
    ofItem,
    all.filter(({ store, item }) => store === one?.store && item === one?.item),
  );
  const out = all.filter(({ kind }) => kind === "out").length;
  for (const path of ["/v1/alerts?kind=out&limit=1000", "/v1/alerts?kind=back&limit=1000"]) {
    const { items } = await page(path);
    t.equal(items.length, path.includes("out") ? out : all.length - out);
  }
  t.equal((await fetch(`${api.url}/v1/alerts?item=Echo`)).status, 400, "an item of which store?");
  t.equal((await fetch(`${api.url}/v1/alerts?kind=lost`)).status, 400);
});
