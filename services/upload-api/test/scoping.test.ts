import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { type AlertItem, expiresAt, type UploadItem } from "@stockwire/contracts/items";
import { compositeKey, dayOf, uploadVersion } from "@stockwire/contracts/keys";
import { decodeUploadMetadata } from "@stockwire/contracts/object-metadata";
import { alertsDaysKey, createRecordedDays, uploadsDaysKey } from "@stockwire/service-kit/recorded-days";
import t from "tap";
import { apiWithPeople, startIssuer } from "./fake-issuer.ts";
import { ADMIN_KEY, createKey, formOf, problemOf, receipts, startApi } from "./helpers.ts";

const api = await startApi(t);
const issuer = await startIssuer(t);
const url = await apiWithPeople(t, api, issuer);
const { tables } = api.context.resources;

const { text: berlin } = await createKey(api, { Scopes: ["upload", "read"], Store: "Berlin" });
const { text: koeln } = await createKey(api, { Scopes: ["upload", "read"], Store: "Köln" });
const person = (...groups: string[]) => issuer.sign({ "cognito:groups": ["upload", "read", ...groups] });
const two = person("store:Berlin", "store:Tokyo");
const nobody = person();

const ask = (key: string, path: string, init: RequestInit = {}) =>
  globalThis.fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${key}` } });
const bodyOf = async <Body>(key: string, path: string): Promise<Body> => {
  const response = await ask(key, path);
  if (response.status !== 200) throw new Error(await response.text());
  return (await response.json()) as Body;
};
/** Without what differs in every answer, and without the id that was asked for. */
const refusal = async (key: string, path: string) => {
  const problem = await problemOf(await ask(key, path));
  return { ...problem, instance: "", detail: problem.detail.replaceAll(/"[^"]*"/g, '"…"') };
};

const days = {
  uploads: createRecordedDays(api.dynamo, tables.Uploads, uploadsDaysKey),
  alerts: createRecordedDays(api.dynamo, tables.Alerts, alertsDaysKey),
};
let minute = 0;
const putUpload = async (UploadId: string, more: Partial<UploadItem> = {}): Promise<void> => {
  const ReceivedAt = new Date(Date.UTC(2026, 2, 1, 8, minute++)).toISOString();
  const item = {
    ...{ UploadId, Kind: "inventory", Status: "loaded", Filename: "a.csv", Bytes: 3, ReceivedAt },
    ...{ Version: uploadVersion(ReceivedAt, UploadId), Day: dayOf(ReceivedAt), Mode: "load" },
    ...{ Bucket: "inventory", Key: `inventory/${UploadId}.csv`, ExpiresAt: expiresAt(Date.now(), 1) },
    ...more,
  } satisfies UploadItem as UploadItem;
  await days.uploads.remember(item.Day);
  await api.dynamo.send(new PutCommand({ TableName: tables.Uploads, Item: item }));
};

await putUpload("of-berlin", { Store: "Berlin" });
await putUpload("of-tokyo", { Store: "Tokyo" });
await putUpload("of-both");
await putUpload("for-berlin", { Store: "Berlin", StoreRestriction: "Berlin", Status: "received" });
await putUpload("for-tokyo", { Store: "Tokyo", StoreRestriction: "Tokyo", Status: "received" });
const rejected = { read: 2, written: 1, unchanged: 0, stale: 0, rejected: 1, repeated: 0 };
await putUpload("of-berlin-with-strange-rows", { Store: "Berlin", Status: "partial", Rows: rejected });
await putUpload("for-berlin-with-strange-rows", {
  ...{ Store: "Berlin", StoreRestriction: "Berlin", Status: "partial", Rows: rejected },
});
await putUpload("an-invoice", { Kind: "invoice" });
await putUpload("of-oslo", { Store: "Oslo" });

const OF_BERLIN = ["for-berlin-with-strange-rows", "for-berlin", "of-berlin"];
const idsIn = async (key: string, query = "") =>
  (await bodyOf<{ items: { uploadId: string }[] }>(key, `/v1/uploads${query}`)).items.map(
    ({ uploadId }) => uploadId,
  );

t.test("a caller sees the uploads of its stores alone", async (t) => {
  t.same(await idsIn(berlin), OF_BERLIN);
  t.same(await idsIn(berlin, "?store=Berlin"), OF_BERLIN);
  t.same(await idsIn(berlin, "?status=received"), ["for-berlin"]);
  t.same(await idsIn(berlin, "?kind=invoice"), []);
  t.same(await idsIn(berlin, "?store=Tokyo"), [], "as a store without uploads");
  t.same(await idsIn(two), [
    "for-berlin-with-strange-rows",
    "for-tokyo",
    "for-berlin",
    "of-tokyo",
    "of-berlin",
  ]);
  t.same(await idsIn(two, "?store=Tokyo"), ["for-tokyo", "of-tokyo"]);
  t.same(await idsIn(nobody), []);
  t.equal((await idsIn(ADMIN_KEY)).length, 9);
});

t.test("what a caller may not see is as if it were not there", async (t) => {
  const missing = await refusal(berlin, "/v1/uploads/nobody");
  t.match(missing, { status: 404, code: "upload_not_found" });
  for (const id of ["of-tokyo", "of-both", "for-tokyo", "of-berlin-with-strange-rows", "an-invoice"]) {
    for (const part of ["", "/file", "/rejected.csv"]) {
      t.same(await refusal(berlin, `/v1/uploads/${id}${part}`), missing, `${id}${part}`);
    }
    t.equal((await ask(berlin, `/v1/uploads/${id}/file`, { method: "HEAD" })).status, 404);
  }
  for (const id of OF_BERLIN) t.equal((await ask(berlin, `/v1/uploads/${id}`)).status, 200, id);
  t.equal((await ask(two, "/v1/uploads/of-tokyo")).status, 200);
  t.equal((await ask(nobody, "/v1/uploads/of-berlin")).status, 404);
});

/** Follows a list to its end. */
const follow = async <Item>(key: string, path: string, limit: number) => {
  const items: Item[] = [];
  const cursors: string[] = [];
  for (let query = `limit=${limit}`; ; query = `limit=${limit}&cursor=${cursors.at(-1)}`) {
    const page = await bodyOf<{ items: Item[]; cursor?: string }>(key, `${path}${query}`);
    if (page.items.length === 0 && items.length > 0) throw new Error("an empty page");
    items.push(...page.items);
    if (page.cursor === undefined) return { items, cursors };
    cursors.push(page.cursor);
  }
};

t.test("pages hold only what the caller may see, and their cursors nothing else", async (t) => {
  for (const [key, expected] of [
    [berlin, OF_BERLIN],
    [two, await idsIn(two)],
  ] as const) {
    for (const limit of [1, 2, 3]) {
      const { items, cursors } = await follow<{ uploadId: string }>(key, "/v1/uploads?", limit);
      t.same(
        items.map(({ uploadId }) => uploadId),
        expected,
        `${limit} at a time`,
      );
      const shown = cursors.map((cursor) => Buffer.from(cursor, "base64url").toString()).join();
      t.notMatch(shown, /of-both|of-oslo|an-invoice|of-berlin-with/);
    }
  }
});

t.test("another caller's cursor widens nothing", async (t) => {
  const cursorOf = async (key: string, query: string): Promise<string> =>
    (await bodyOf<{ cursor: string }>(key, `/v1/uploads?limit=1${query}`)).cursor;
  const everybody = await ask(berlin, `/v1/uploads?cursor=${await cursorOf(ADMIN_KEY, "")}`);
  t.match(await problemOf(everybody), { status: 400, code: "invalid_cursor" });
  const tokyo = await cursorOf(ADMIN_KEY, "&store=Tokyo");
  t.same(await idsIn(berlin, `?cursor=${tokyo}`), ["for-berlin", "of-berlin"], "a place in time, no more");
  t.same(await idsIn(berlin, `?store=Tokyo&cursor=${tokyo}`), []);
});

t.test("stores and stock", async (t) => {
  for (const Store of ["Berlin", "Oslo", "Tokyo"]) {
    const UpdatedAt = "2026-03-01T08:00:00.000Z";
    const summary = { Items: 1, OutOfStock: 0, LastLoadAt: UpdatedAt, LastUploadId: "x", Revision: 1 };
    await api.dynamo.send(new PutCommand({ TableName: tables.Stores, Item: { Store, ...summary } }));
    const row = { Item: "Echo", Count: 1, Level: "ok", Version: "v", Line: 2, UploadId: "x", UpdatedAt };
    await api.dynamo.send(new PutCommand({ TableName: tables.Inventory, Item: { Store, ...row } }));
  }
  const storesOf = async (key: string) =>
    (await follow<{ store: string }>(key, "/v1/stores?", 1)).items.map(({ store }) => store);
  t.same(await storesOf(berlin), ["Berlin"]);
  t.same(await storesOf(two), ["Berlin", "Tokyo"]);
  t.same(await storesOf(nobody), []);
  t.same(await storesOf(ADMIN_KEY), ["Berlin", "Oslo", "Tokyo"]);
  t.equal((await ask(berlin, "/v1/stores/Berlin/inventory")).status, 200);
  const missing = await refusal(berlin, "/v1/stores/Atlantis/inventory");
  t.match(missing, { status: 404, code: "store_not_found" });
  t.same(await refusal(berlin, "/v1/stores/Tokyo/inventory"), missing);
  t.same(await refusal(berlin, "/v1/stores/berlin/inventory"), missing, "names compare exactly");
  t.equal(
    (await ask(koeln, `/v1/stores/${encodeURIComponent("Ko\u0308ln")}/inventory`)).status,
    404,
    "no rows",
  );
});

t.test("alerts, also where stores have them in the same moment", async (t) => {
  const put = async (Store: string, Item: string, second: number): Promise<void> => {
    const At = new Date(Date.UTC(2026, 2, 1, 9, 0, second)).toISOString();
    const Version = uploadVersion(At, `u-${Item}`);
    const Message = `${Store} is out of stock of ${Item}`;
    const alert = {
      Kind: "out",
      Count: 0,
      Message,
      UploadId: "u",
      At,
      Day: dayOf(At),
      PublishedAt: At,
    } as const;
    const key = { StoreItem: compositeKey(Store, Item), Version, Store, Item };
    const item: AlertItem = { ...key, ...alert, ExpiresAt: expiresAt(Date.now(), 1) };
    await api.dynamo.send(new PutCommand({ TableName: tables.Alerts, Item: item }));
    await days.alerts.remember(item.Day);
  };
  for (let second = 0; second < 4; second++) {
    for (const store of ["Berlin", "Tokyo", "Oslo"]) {
      await put(store, `a${second}`, second);
      await put(store, `b${second}`, second);
    }
  }
  const whole = (await follow<{ store: string; item: string; at: string }>(two, "/v1/alerts?", 50)).items;
  const names = (items: readonly { store: string; item: string }[]) =>
    items.map(({ store, item }) => `${store} ${item}`);
  t.equal(new Set(names(whole)).size, 16);
  t.same([...new Set(whole.map(({ store }) => store))].sort(), ["Berlin", "Tokyo"]);
  t.same(
    whole.map(({ at }) => at),
    whole
      .map(({ at }) => at)
      .toSorted()
      .reverse(),
    "newest first",
  );
  for (const limit of [1, 2, 3, 5, 16]) {
    const { items, cursors } = await follow<{ store: string; item: string }>(two, "/v1/alerts?", limit);
    t.same(names(items), names(whole), `${limit} at a time`);
    t.notMatch(cursors.map((cursor) => Buffer.from(cursor, "base64url").toString()).join(), "Oslo");
  }
  t.equal((await follow(berlin, "/v1/alerts?", 3)).items.length, 8);
  t.equal((await follow(berlin, "/v1/alerts?store=Berlin&", 3)).items.length, 8);
  t.same((await follow(berlin, "/v1/alerts?store=Tokyo&", 3)).items, []);
  t.same((await follow(nobody, "/v1/alerts?", 3)).items, []);
  t.equal((await follow(ADMIN_KEY, "/v1/alerts?", 5)).items.length, 24);
});

t.test("invoices are for callers of all stores", async (t) => {
  for (const key of [berlin, two, nobody]) {
    for (const [method, path] of [
      ["GET", "/v1/invoices"],
      ["GET", "/v1/invoices/c/i"],
      ["GET", "/v1/invoices/export.csv"],
      ["GET", "/v1/reports/expenses"],
      ["POST", "/v1/invoices"],
    ] as const) {
      const { code, detail } = await problemOf(await ask(key, path, { method }));
      t.match({ code, detail }, { code: "forbidden", detail: /bound to none/ }, `${method} ${path}`);
    }
  }
  t.equal((await ask(person("all-stores"), "/v1/invoices")).status, 200);
});

const file = "store,item,count\nBerlin,Echo,1\nTokyo,Echo,2\n";

/** Sends a file under a name that tries its luck. @returns the status or the code, and what the upload may change */
const send = async (key: string, query: string, filename = "Tokyo.csv") => {
  const form = formOf([filename, file]);
  const response = await ask(key, `/v1/inventory${query}`, { method: "POST", body: form });
  if (response.status !== 202) return { code: (await problemOf(response)).code };
  const { uploads } = (await response.json()) as { uploads: { uploadId: string }[] };
  const receipt = (await receipts(api)).find(({ UploadId }) => UploadId === uploads[0]?.uploadId);
  const object = await api.s3.send(new HeadObjectCommand({ Bucket: "inventory", Key: receipt?.Key }));
  const metadata = decodeUploadMetadata(object.Metadata);
  t.equal(metadata?.storeRestriction, receipt?.StoreRestriction, "receipt and object agree");
  return { only: receipt?.StoreRestriction, shown: receipt?.Store };
};

t.test("a bound caller's files may change its own store alone, however they come", async (t) => {
  const own = { only: "Berlin", shown: "Berlin" };
  t.same(await send(berlin, ""), own);
  t.same(await send(berlin, "?store=Berlin"), own);
  t.same(await send(berlin, "?store=%20Berlin%09"), own, "trimmed as a cell is");
  t.same(await send(berlin, "", "../../store=Tokyo&.csv"), own);
  t.same(await send(berlin, "?filename=Tokyo"), own);
  for (const store of ["Tokyo", "berlin", "Berlin,Tokyo", "Ber%6Cin2"]) {
    t.same(await send(berlin, `?store=${store}`), { code: "store_forbidden" }, store);
  }
  t.same(await send(berlin, "?store=Berlin&store=Tokyo"), { code: "invalid_request" });
  t.same(await send(berlin, "?store="), { code: "invalid_store" });
  t.same(
    await send(koeln, `?store=${encodeURIComponent("Ko\u0308ln")}`),
    { only: "Köln", shown: "Köln" },
    "NFC",
  );
  const form = formOf(["a.csv", file]);
  form.append("store", "Tokyo");
  const response = await ask(berlin, "/v1/inventory", { method: "POST", body: form });
  t.match(await problemOf(response), { code: "unexpected_field" });
  const headers = {
    authorization: `Bearer ${berlin}`,
    "content-type": "text/csv",
    "x-amz-meta-store": "Tokyo",
  };
  const raw = await globalThis.fetch(`${url}/v1/inventory`, { method: "POST", headers, body: file });
  const [upload] = ((await raw.json()) as { uploads: { uploadId: string }[] }).uploads;
  const receipt = (await receipts(api)).find(({ UploadId }) => UploadId === upload?.uploadId);
  t.equal(receipt?.StoreRestriction, "Berlin", "no header of the request becomes one of the object");
});

t.test("a caller of several stores names one of them, an administrator any or none", async (t) => {
  t.same(await send(two, ""), { code: "store_forbidden" });
  t.same(await send(two, "?store=Oslo"), { code: "store_forbidden" });
  t.same(await send(two, "?store=Tokyo"), { only: "Tokyo", shown: "Tokyo" });
  t.same(await send(nobody, ""), { code: "store_forbidden" });
  t.same(await send(nobody, "?store=Berlin"), { code: "store_forbidden" });
  t.same(await send(ADMIN_KEY, ""), { only: undefined, shown: undefined });
  t.same(await send(ADMIN_KEY, "?store=Oslo"), { only: "Oslo", shown: "Oslo" });
});
