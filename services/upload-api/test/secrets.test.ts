import { once } from "node:events";
import t from "tap";
import { csvOf, fetch, formOf, openSocket, startApi, startApiWithoutCloud, write } from "./helpers.ts";

const api = await startApi(t);
const broken = await startApiWithoutCloud(t);

const SECRETS = {
  "x-api-key": "sw_secret-one_0123456789abcdef",
  authorization: "Bearer secret-two.eyJhbGciOiJSUzI1NiJ9.c2VjcmV0",
  cookie: "session=secret-three",
  "idempotency-key": "secret-four",
};
const NEEDLE = /secret-(one|two|three|four|five)/;

t.test("keys, tokens and queries are in no log line and no answer, whatever happens", async (t) => {
  const answers: string[] = [];
  for (const { url } of [api, broken]) {
    for (const [method, path, body] of [
      ["GET", "/v1/uploads?limit=x&key=secret-five", undefined],
      ["GET", "/v1/uploads?cursor=secret-five", undefined],
      ["GET", "/v1/stores", undefined],
      ["GET", "/v2/nothing?token=secret-five", undefined],
      ["DELETE", "/v1/inventory", undefined],
      ["POST", "/v1/inventory", csvOf(1)],
      ["POST", "/v1/inventory?mode=other", csvOf(1)],
      ["POST", "/v1/inventory", formOf(["a.csv", csvOf(1)])],
      ["POST", "/v1/invoices", "Customer-ID: 1"],
    ] as const) {
      const headers = { ...SECRETS, ...(typeof body === "string" && { "content-type": "text/plain" }) };
      const response = await fetch(`${url}${path}`, { method, headers, body: body ?? null });
      answers.push(await response.text());
    }
  }
  const head = Object.entries(SECRETS).map(([name, value]) => `${name}: ${value}\r\n`);
  for (const unparsable of [
    `GET / HTTP/1.1\r\n${head.join("")}broken line\r\n\r\n`,
    `GET / HTTP/1.1\r\n${head.join("")}x: ${"x".repeat(20_000)}\r\n\r\n`,
    `secret-five\r\n\r\n`,
  ]) {
    const socket = await openSocket(api);
    socket.on("data", (chunk) => answers.push(String(chunk))).on("error", () => {});
    const closed = once(socket, "close");
    await write(socket, unparsable);
    await closed;
  }
  const lines = [...api.logged, ...broken.logged].map((line) => JSON.stringify(line));
  t.ok(lines.length > 30, `${lines.length} log lines`);
  const bytes = (line: string) =>
    line.replaceAll(/\[(?:\d+,)+\d+\]/g, (list) => Buffer.from(JSON.parse(list) as number[]).toString());
  t.same(
    lines.filter((line) => NEEDLE.test(bytes(line))),
    [],
    "no log line",
  );
  t.same(
    answers.filter((answer) => /secret-(one|two|three|four)/.test(answer)),
    [],
    "no answer",
  );
});

t.test("every answer, refusals included, tells browsers to be careful", async (t) => {
  for (const [status, path, init] of [
    [200, "/", {}],
    [200, "/openapi.json", {}],
    [200, "/v1/uploads", {}],
    [400, "/v1/uploads?limit=x", {}],
    [403, "/v1/inventory", { method: "POST", headers: { origin: "https://evil.example" } }],
    [404, "/v2/nothing", {}],
    [404, "/v1/inventory", { method: "OPTIONS" }],
    [405, "/v1/inventory", { method: "DELETE" }],
    [415, "/v1/inventory", { method: "POST", body: "x", headers: { "content-type": "text/html" } }],
  ] as const) {
    const response = await fetch(`${api.url}${path}`, init);
    const what = `${status} ${path}`;
    t.equal(response.status, status, what);
    t.match(
      Object.fromEntries(response.headers),
      {
        "content-security-policy": /frame-ancestors 'none'/,
        "x-content-type-options": "nosniff",
        "x-frame-options": "SAMEORIGIN",
        "referrer-policy": "no-referrer",
        "strict-transport-security": /max-age=/,
        "cross-origin-opener-policy": "same-origin",
      },
      what,
    );
    t.equal(response.headers.get("x-powered-by"), null);
    t.equal(response.headers.get("server"), null);
    await response.body?.cancel();
  }
  const malformed = await fetch(`${api.url}/v1/%zz`);
  t.equal(malformed.headers.get("x-content-type-options"), "nosniff", "also where no route was found out");
  await malformed.body?.cancel();
});
