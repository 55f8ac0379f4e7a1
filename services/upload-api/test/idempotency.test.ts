import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import t from "tap";
import { buildApp } from "../src/app.ts";
import { createClaims } from "../src/idempotency/claims.ts";
import { callerKey } from "../src/idempotency/take-in-once.ts";
import {
  ADMIN_KEY,
  apiWith,
  clear,
  csvOf,
  fetch,
  formOf,
  MIB,
  nothingIsLeft,
  objectKeys,
  openSocket,
  receipts,
  startApi,
  until,
  write,
} from "./helpers.ts";
import { type Answer, answerOf, claimsIn, clearClaims, setInClaims } from "./idempotency-rig.ts";

const api = await startApi(t, { MAX_UPLOAD_BYTES: String(2 * MIB) });

t.afterEach(async () => {
  await clear(api);
  await clearClaims(api);
});

const send = async (
  key: string | undefined,
  body: FormData | string | Uint8Array<ArrayBuffer>,
  { path = "/v1/inventory", url = api.url } = {},
): Promise<Answer> =>
  answerOf(
    await fetch(`${url}${path}`, {
      method: "POST",
      headers: {
        ...(!(body instanceof FormData) && { "content-type": "text/plain" }),
        ...(key !== undefined && { "idempotency-key": key }),
      },
      body,
    }),
  );

t.test("a repeat gets the first answer, and nothing is made twice", async (t) => {
  const key = randomUUID();
  const files = () => formOf(["a.csv", csvOf(1)], ["b.csv", csvOf(2)]);
  const first = await send(`"${key}"`, files());
  t.match(first, { status: 202, replayed: null, location: null });
  t.equal(first.body.uploads.length, 2);
  for (const again of [`"${key}"`, key, `"${key}";of=mine`]) {
    const answer = await send(again, files());
    t.same(answer, { ...first, replayed: "true" }, again);
  }
  t.equal((await receipts(api)).length, 2);
  t.equal((await objectKeys(api)).length, 2);

  const single = await send("one", csvOf(3));
  t.match(single, { status: 202, location: `/v1/uploads/${single.body.uploads[0]?.uploadId}` });
  t.same(await send("one", csvOf(3)), { ...single, replayed: "true" }, "location included");
});

t.test("without a key, each request is one of its own", async (t) => {
  const answers = [await send(undefined, csvOf(1)), await send(undefined, csvOf(1))];
  t.equal(new Set(answers.map(({ body }) => body.uploads[0]?.uploadId)).size, 2);
  t.same(await claimsIn(api), []);
});

t.test("a key that was used for another request is refused, and the first answer stands", async (t) => {
  const first = await send("k", formOf(["a.csv", csvOf(1)]), { path: "/v1/inventory?store=Berlin" });
  t.equal(first.status, 202);
  const others: [string, string, FormData][] = [
    ["other bytes", "?store=Berlin", formOf(["a.csv", csvOf(2)])],
    ["another name", "?store=Berlin", formOf(["b.csv", csvOf(1)])],
    ["a file more", "?store=Berlin", formOf(["a.csv", csvOf(1)], ["b.csv", csvOf(1)])],
    ["no file", "?store=Berlin", new FormData()],
    ["another store", "?store=Bern", formOf(["a.csv", csvOf(1)])],
    ["no store", "", formOf(["a.csv", csvOf(1)])],
  ];
  for (const [what, query, body] of others) {
    const answer = await send("k", body, { path: `/v1/inventory${query}` });
    t.match(answer, { status: 422, body: { code: "idempotency_key_reused" } }, what);
  }
  t.match(await send("k", Buffer.alloc(2 * MIB + 1, "x")), { status: 413 }, "also where it is too large");
  const again = await send("k", formOf(["a.csv", csvOf(1)]), { path: "/v1/inventory?store=Berlin" });
  t.same(again, { ...first, replayed: "true" });
  t.equal((await receipts(api)).length, 1);
});

t.test("a repeat whose body breaks its digest is not the same request", async (t) => {
  await send("k", csvOf(1));
  const response = await fetch(`${api.url}/v1/inventory`, {
    method: "POST",
    headers: {
      "content-type": "text/plain",
      "idempotency-key": "k",
      "content-digest": `sha-256=:${Buffer.alloc(32).toString("base64")}:`,
    },
    body: csvOf(1),
  });
  t.match(await answerOf(response), { status: 400, body: { code: "digest_mismatch" } });
});

t.test("the same key on the two routes, or of two callers, is two keys", async (t) => {
  const inventory = await send("k", csvOf(1));
  const invoice = await send("k", csvOf(1), { path: "/v1/invoices" });
  t.match([inventory, invoice], [{ status: 202 }, { status: 202, replayed: null }]);
  const callers = ["a", "b"].map((id) => ({
    principal: { id, stores: "all", scopes: new Set<never>() } as const,
  }));
  const [a, b] = callers.map((caller) => callerKey(caller, { kind: "inventory" }, "k"));
  t.match(a, /^[0-9a-f]{64}$/);
  t.not(a, b);
});

t.test("keys that are not valid", async (t) => {
  for (const key of ["", " ", '""', '"open', '"a" "b"', "a b", '"ü"', "x".repeat(256), '"tab\\t"']) {
    const answer = await send(key, csvOf(1));
    t.match(answer, { status: 400, body: { code: "invalid_idempotency_key" } }, JSON.stringify(key));
  }
  t.equal((await send("x".repeat(255), csvOf(1))).status, 202);
  await clear(api);
  const socket = await openSocket(api);
  await write(
    socket,
    `POST /v1/inventory HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${ADMIN_KEY}\r\nconnection: close\r\ncontent-type: text/csv\r\n` +
      "idempotency-key: a\r\nidempotency-key: b\r\ncontent-length: 1\r\n\r\nx",
  );
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  t.match(text, /^HTTP\/1\.1 400 .*several Idempotency-Key headers/s);
  t.ok(await nothingIsLeft(api));
});

t.test("two replicas, many at once: one upload, the others wait their turn and get its answer", async (t) => {
  const second = await apiWith(t, api, {});
  const one = async (url: string): Promise<Answer> => {
    for (;;) {
      const answer = await send("storm", formOf(["a.csv", csvOf(50)]), { url });
      if (answer.status !== 409) return answer;
      t.match(answer, { retryAfter: /^\d+$/, body: { code: "idempotency_in_progress" } });
    }
  };
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, index) => one(index % 2 === 0 ? api.url : second)),
  );
  t.same(new Set(answers.map(({ status }) => status)), new Set([202]));
  t.equal(new Set(answers.map(({ body }) => JSON.stringify(body))).size, 1, "all the same");
  t.equal(answers.filter(({ replayed }) => replayed === null).length, 1, "one did it");
  t.equal((await receipts(api)).length, 1);
  t.equal((await objectKeys(api)).length, 1);
});

t.test("a request that was refused gives its key back", async (t) => {
  t.equal((await send("k", Buffer.alloc(2 * MIB + 1, "x"))).status, 413);
  t.equal((await send("k", new FormData())).status, 400);
  t.same(await claimsIn(api), []);
  t.match(await send("k", csvOf(1)), { status: 202, replayed: null });
});

t.test("a body that breaks off gives its key back", async (t) => {
  const socket = await openSocket(api);
  socket.on("error", () => {});
  await write(
    socket,
    `POST /v1/inventory HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${ADMIN_KEY}\r\ncontent-type: text/csv\r\nidempotency-key: k\r\ncontent-length: 99\r\n\r\nstore`,
  );
  await until("the key is claimed", async () => (await claimsIn(api)).length === 1);
  t.match(await send("k", csvOf(1)), { status: 409, retryAfter: "1" });
  socket.destroy();
  await until("the key is free", async () => (await claimsIn(api)).length === 0);
  t.equal((await send("k", csvOf(1))).status, 202);
});

t.test("after a day a key is as good as new, though DynamoDB may not have deleted it", async (t) => {
  const before = Math.floor(Date.now() / 1000);
  const first = await send("k", csvOf(1));
  const [item] = await claimsIn(api);
  t.ok(item && item.ExpiresAt >= before + 86_400 && item.ExpiresAt <= before + 86_460, "kept for a day");
  await setInClaims(api, "ExpiresAt", before - 1);
  const second = await send("k", csvOf(2));
  t.match(second, { status: 202, replayed: null });
  t.not(second.body.uploads[0]?.uploadId, first.body.uploads[0]?.uploadId);
});

t.test("where the table cannot be reached nothing is taken in", async (t) => {
  const dynamo = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: "http://127.0.0.1:1", maxAttempts: 1 }),
  );
  const url = await apiWith(t, api, { dynamo });
  t.match(await send("k", csvOf(1), { url }), { status: 503, body: { code: "unavailable" } });
  t.ok(await nothingIsLeft(api));
});

t.test("a claim lasts as long as its request, however slow, by being renewed", async (t) => {
  const table = api.context.resources.tables.IdempotencyKeys;
  const app = await buildApp({ ...api.context, claims: createClaims(api.dynamo, table, 0.3) });
  t.teardown(() => app.close());
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const body = new TransformStream<Uint8Array, Uint8Array>();
  const slow = fetch(`${url}/v1/inventory`, {
    method: "POST",
    headers: { "content-type": "text/csv", "idempotency-key": "k" },
    body: body.readable,
    duplex: "half",
  });
  const writer = body.writable.getWriter();
  await writer.write(Buffer.from("store,item,count\n"));
  const leases = new Set<number>();
  await until("the lease was renewed three times", async () => {
    for (const { LeaseUntil } of await claimsIn(api)) leases.add(LeaseUntil);
    return leases.size > 3;
  });
  t.equal((await send("k", csvOf(1), { url })).status, 409);
  await writer.close();
  t.match(await answerOf(await slow), { status: 202 });
});
