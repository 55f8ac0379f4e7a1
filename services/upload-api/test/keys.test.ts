import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { makeApiKey, parseApiKey } from "@stockwire/contracts/api-key";
import type { ApiKeyItem } from "@stockwire/contracts/items";
import fastify from "fastify";
import t from "tap";
import { createKeyCheck } from "../src/access/check-key.ts";
import { type LookUpKey, rememberKeys } from "../src/access/look-up-key.ts";
import { authenticate } from "../src/hooks/authenticate.ts";
import {
  ADMIN_KEY,
  apiWith,
  createKey,
  formOf,
  nothingIsLeft,
  openSocket,
  problemOf,
  startApi,
  until,
  write,
} from "./helpers.ts";

const api = await startApi(t);
const FORM = /^sw_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/;

const ask = (headers: Readonly<Record<string, string>>, path = "/v1/stores") =>
  globalThis.fetch(`${api.url}${path}`, { headers });
const withKey = (key: string, path?: string) => ask({ "x-api-key": key }, path);
const codeOf = async (response: Response): Promise<string> =>
  response.ok ? String(response.status) : `${response.status} ${(await problemOf(response)).code}`;

t.test("a key is its id and 32 random bytes, kept as a digest alone", async (t) => {
  const { text, item } = makeApiKey({ Label: "till", Scopes: ["upload"], Store: "Berlin" }, new Date());
  t.match(text, FORM);
  const { keyId, secret } = parseApiKey(text) ?? {};
  t.equal(item.KeyId, keyId);
  t.equal(Buffer.from(secret ?? "", "base64url").length, 32);
  t.match(item.SecretSha256, /^[0-9a-f]{64}$/);
  t.notMatch(JSON.stringify(item), secret ?? "?");
  t.same(parseApiKey(`sw_0123456789ab_${"_-".repeat(21)}_`), {
    keyId: "0123456789ab",
    secret: `${"_-".repeat(21)}_`,
  });
});

t.test("missing, malformed, unknown, disabled and under-scoped are told apart", async (t) => {
  const reader = await createKey(api, { Scopes: ["read"] });
  const sender = await createKey(api, { Scopes: ["upload"] });
  const past = new Date(Date.now() - 1).toISOString();
  const disabled = await createKey(api, { DisabledAt: past });
  const unreadable = await createKey(api, { DisabledAt: "tomorrow" });
  const ending = await createKey(api, { DisabledAt: new Date(Date.now() + 60_000).toISOString() });
  const wrongSecret = (key: string) => `${key.slice(0, 16)}${"A".repeat(43)}`;
  for (const [what, headers, code] of [
    ["nothing", {}, "401 missing_key"],
    ["an empty key", { "x-api-key": "" }, "401 missing_key"],
    ["nothing of ours", { "x-api-key": "secret" }, "401 malformed_key"],
    ["a key cut short", { "x-api-key": reader.text.slice(0, -1) }, "401 malformed_key"],
    ["a bearer cut short", { authorization: "Bearer sw_x" }, "401 malformed_key"],
    ["another scheme", { authorization: `Basic ${reader.text}` }, "401 malformed_key"],
    ["a bearer of nothing", { authorization: "Bearer" }, "401 malformed_key"],
    ["an id that is not there", { "x-api-key": wrongSecret("sw_0123456789ab_") }, "401 unknown_key"],
    ["a wrong secret", { "x-api-key": wrongSecret(reader.text) }, "401 unknown_key"],
    ["a wrong secret of a disabled key", { "x-api-key": wrongSecret(disabled.text) }, "401 unknown_key"],
    ["a disabled key", { "x-api-key": disabled.text }, "401 disabled_key"],
    ["an end that cannot be read", { "x-api-key": unreadable.text }, "401 disabled_key"],
    ["a key that ends later", { "x-api-key": ending.text }, "200"],
    ["a key without the scope", { "x-api-key": sender.text }, "403 forbidden"],
    ["a key with it", { "x-api-key": reader.text }, "200"],
    ["the same as bearer", { authorization: `bearer ${reader.text}` }, "200"],
    ["both", { authorization: `Bearer ${reader.text}`, "x-api-key": reader.text }, "200"],
    ["two keys", { authorization: `Bearer ${reader.text}`, "x-api-key": ADMIN_KEY }, "400 invalid_request"],
    [
      "a password beside the key",
      { authorization: "Basic eDp5", "x-api-key": ADMIN_KEY },
      "400 invalid_request",
    ],
    ["an administrator's", { "x-api-key": ADMIN_KEY }, "200"],
  ] as const) {
    const response = await ask(headers);
    t.equal(response.headers.has("www-authenticate"), response.status === 401, what);
    t.equal(await codeOf(response), code, what);
  }
  const unknown = await problemOf(await withKey(wrongSecret("sw_0123456789ab_")));
  const wrong = await problemOf(await withKey(wrongSecret(reader.text)));
  t.same({ ...wrong, instance: "" }, { ...unknown, instance: "" }, "nothing tells which half was wrong");
  const { detail } = await problemOf(await withKey(sender.text));
  t.match(detail, "the scope read");
  t.notMatch(detail, /upload/, "what the key has is not said");
});

t.test("a refusal comes before the body", async (t) => {
  const socket = await openSocket(api);
  let answer = "";
  socket.on("data", (data) => {
    answer += data;
  });
  await write(
    socket,
    "POST /v1/inventory HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/csv\r\ncontent-length: 9999\r\n\r\n",
  );
  await until("it is answered", () => answer.includes("missing_key"));
  socket.destroy();
  const { text } = await createKey(api, { Scopes: ["read"] });
  const body = formOf(["a.csv", "store,item,count\nBerlin,Echo,1\n"]);
  const response = await globalThis.fetch(`${api.url}/v1/inventory`, {
    method: "POST",
    headers: { "x-api-key": text },
    body,
  });
  t.equal(await codeOf(response), "403 forbidden");
  t.ok(await nothingIsLeft(api));
});

t.test("what needs no key is not asked for one", async (t) => {
  for (const path of ["/", "/openapi.json", "/docs/", "/problems/missing_key"]) {
    t.equal((await ask({}, path)).status, 200, path);
  }
  t.equal(await codeOf(await ask({}, "/v1/nothing")), "404 route_not_found");
  for (const path of ["/metrics", "/live", "/ready"]) {
    t.equal(await codeOf(await withKey(ADMIN_KEY, path)), "404 route_not_found", `${path} is not here`);
  }
  const put = await globalThis.fetch(`${api.url}/v1/stores`, { method: "PUT" });
  t.equal(await codeOf(put), "405 method_not_allowed");
});

const TableName = api.context.resources.tables.ApiKeys;

t.test("a key that is disabled, or taken away, stops working within seconds", async (t) => {
  const [disabled, removed] = [await createKey(api), await createKey(api)];
  for (const { text } of [disabled, removed]) t.equal((await withKey(text)).status, 200);
  await api.dynamo.send(
    new UpdateCommand({
      TableName,
      Key: { KeyId: disabled.item.KeyId },
      UpdateExpression: "SET DisabledAt = :now",
      ExpressionAttributeValues: { ":now": new Date().toISOString() },
    }),
  );
  await api.dynamo.send(new DeleteCommand({ TableName, Key: { KeyId: removed.item.KeyId } }));
  const started = Date.now();
  const ends = async (text: string, code: string): Promise<void> => {
    while ((await codeOf(await withKey(text))) !== code) {
      if (Date.now() - started > 8_000) throw new Error(`waited in vain for ${code}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await Promise.all([ends(disabled.text, "401 disabled_key"), ends(removed.text, "401 unknown_key")]);
});

t.test("look-ups are remembered for five seconds, one read at a time", async (t) => {
  let now = 0;
  let reads: string[] = [];
  let answer: LookUpKey = async () => undefined;
  const lookUp = rememberKeys(
    (keyId) => {
      reads.push(keyId);
      return answer(keyId);
    },
    () => now,
  );
  await Promise.all(Array.from({ length: 50 }, () => lookUp("a")));
  t.same(reads, ["a"], "of fifty at once, one reads");
  now = 4_999;
  await lookUp("a");
  t.same(reads, ["a"]);
  now = 5_000;
  await lookUp("a");
  t.same(reads, ["a", "a"]);
  answer = async () => {
    throw new Error("down");
  };
  await t.rejects(lookUp("b"), /down/);
  answer = async () => ({ KeyId: "b" }) as ApiKeyItem;
  t.match(await lookUp("b"), { KeyId: "b" }, "a failure is not remembered");
  reads = [];
  for (let id = 0; id < 10_000; id++) await lookUp(String(id));
  await lookUp("b");
  t.equal(reads.length, 10_001, "the oldest answers make room for new ones");
  await lookUp("9999");
  t.equal(reads.length, 10_001);
});

t.test("an item that holds no digest matches no secret", async (t) => {
  const { text, item } = makeApiKey({ Label: "", Scopes: ["admin"] }, new Date());
  const key = parseApiKey(text);
  if (key === undefined) throw new Error("no key");
  for (const SecretSha256 of ["", "00", undefined as never, item.SecretSha256.slice(2)]) {
    const check = createKeyCheck(async () => ({ ...item, SecretSha256 }));
    await t.rejects(check(key), { code: "unknown_key" });
  }
  t.match(await createKeyCheck(async () => item)(key), { id: `key:${key.keyId}`, stores: "all" });
});

t.test("when the keys cannot be read nobody is let in", async (t) => {
  const nowhere = new DynamoDBClient({ endpoint: "http://127.0.0.1:1", maxAttempts: 1 });
  const url = await apiWith(t, api, { dynamo: DynamoDBDocumentClient.from(nowhere) });
  const response = await globalThis.fetch(`${url}/v1/stores`, { headers: { "x-api-key": ADMIN_KEY } });
  t.match(response.headers.get("retry-after"), /^\d+$/);
  t.equal(await codeOf(response), "503 unavailable");
});

t.test("a route that does not say who may call it cannot be added", async (t) => {
  const app = fastify();
  authenticate(app, api.context, async () => undefined);
  t.throws(
    () => app.get("/v1/secrets", () => "everything"),
    /GET \/v1\/secrets does not say who may call it/,
  );
  t.throws(() => app.get("/documents", () => "everything"), /does not say who may call it/);
  await app.close();
});

t.test("keys and tokens stand in no log and no answer, the key's id does", async (t) => {
  const { text, item } = await createKey(api, { Scopes: ["upload"] });
  const secret = parseApiKey(text)?.secret ?? "?";
  const token = "eyJhbGciOiJub25lIn0.eyJzZWNyZXQiOiJzZWNyZXQifQ.sig";
  const answers = [
    await withKey(text),
    await withKey(`${text}x`),
    await withKey(text.replace("sw_", "")),
    await ask({ authorization: `Bearer ${text}` }, "/v1/uploads/nobody"),
    await ask({ authorization: `Bearer ${token}` }),
    await ask({ authorization: `Basic ${token}` }),
    await ask({ "x-api-key": text, authorization: `Bearer ${token}` }),
  ];
  for (const answer of answers) t.notMatch(await answer.text(), new RegExp(`${secret}|${token}`));
  const log = JSON.stringify(api.logged);
  t.notMatch(log, secret);
  t.notMatch(log, token);
  t.ok(
    api.logged.some(({ keyId, msg, status }) => keyId === item.KeyId && msg === "answered" && status === 404),
    "who was answered",
  );
  t.ok(
    api.logged.some(({ keyId, code }) => keyId === item.KeyId && code === "forbidden"),
    "who was refused",
  );
});

t.test("refusals are counted by code", async (t) => {
  const text = await api.metrics.registry.metrics();
  for (const code of [
    "missing_key",
    "malformed_key",
    "unknown_key",
    "disabled_key",
    "invalid_token",
    "forbidden",
  ]) {
    t.match(
      text,
      new RegExp(`stockwire_refusals_total\\{code="${code}",service="upload-api"\\} [1-9]`),
      code,
    );
  }
  t.match(text, /stockwire_refusals_total\{code="store_forbidden",service="upload-api"\} 0/);
});
