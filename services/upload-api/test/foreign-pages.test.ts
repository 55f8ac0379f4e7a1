import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import t from "tap";
import { buildApp } from "../src/app.ts";
import { ADMIN_KEY, nothingIsLeft, startApi } from "./helpers.ts";

const api = await startApi(t);
const csv = "store,item,count\nBerlin,Echo,5\n";

/** `fetch` would not let a script set these headers. */
const ask = async (
  headers: Readonly<Record<string, string>>,
  { method = "POST", path = "/v1/inventory", hostname = "127.0.0.1", port = api.port } = {},
): Promise<{ status: number | undefined; code: unknown }> => {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = request(
    { hostname, port, method, path, headers: { "x-api-key": ADMIN_KEY, ...headers }, agent: false },
    resolve,
  );
  sent.once("error", reject).end(method === "POST" ? csv : undefined);
  const response = await promise;
  const body = JSON.parse((await text(response)) || "{}") as { code?: unknown };
  return { status: response.statusCode, code: body.code };
};

const plain = { "content-type": "text/plain" };
const own = `127.0.0.1:${api.port}`;

t.test("another site's page cannot change anything", async (t) => {
  for (const headers of [
    { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
    { "sec-fetch-site": "cross-site", origin: "null" },
    { "sec-fetch-site": "same-site", origin: "http://127.0.0.1:1" },
    { "sec-fetch-site": "cross-site", origin: `http://${own}` },
    { origin: "https://evil.example" },
    { origin: "http://127.0.0.1:1" },
    { origin: `http://localhost:${api.port}` },
    { origin: "null" },
  ]) {
    const { status, code } = await ask({ ...plain, ...headers });
    t.match({ status, code }, { status: 403, code: "cross_site_request" }, JSON.stringify(headers));
  }
  t.ok(await nothingIsLeft(api));
});

t.test("scripts, our own pages and typed addresses are served", async (t) => {
  for (const headers of [
    {},
    { origin: `http://${own}` },
    { "sec-fetch-site": "same-origin", origin: `http://${own}` },
    { "sec-fetch-site": "same-origin", origin: "null" },
    { "sec-fetch-site": "none" },
    { host: `localhost:${api.port}`, origin: `http://LOCALHOST:${api.port}` },
  ]) {
    t.match(await ask({ ...plain, ...headers }), { status: 202 }, JSON.stringify(headers));
  }
  const link = { "sec-fetch-site": "cross-site", origin: "https://elsewhere.example" };
  t.match(await ask(link, { method: "GET", path: "/v1/uploads" }), { status: 200 }, "a link may lead here");
});

t.test("a name that only points here is not served", async (t) => {
  const read = { method: "GET", path: "/v1/uploads" };
  for (const host of [
    "evil.example",
    `evil.example:${api.port}`,
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "localhost@evil.example",
    "192.168.0.1",
    "[::2]",
    "a b",
  ]) {
    t.match(await ask({ host }, read), { status: 421, code: "unknown_host" }, host);
  }
  const rebound = { host: "evil.example", origin: "http://evil.example", "sec-fetch-site": "same-origin" };
  t.match(await ask({ ...plain, ...rebound }), { status: 421, code: "unknown_host" });
  for (const host of ["localhost", "LocalHost:1", "127.0.0.1", "127.0.0.2:80", "[::1]", "[::1]:8080"]) {
    t.match(await ask({ host }, read), { status: 200 }, host);
  }
});

t.test("a service that is open to a network answers to any name", async (t) => {
  const app = await buildApp(api.context);
  t.teardown(() => app.close());
  const url = new URL(await app.listen({ host: "0.0.0.0", port: 0 }));
  const port = Number(url.port);
  const read = { method: "GET", path: "/v1/uploads", port };
  t.match(await ask({ host: "stock.example" }, read), { status: 200 });
  t.match(
    await ask({ ...plain, host: "stock.example", origin: "https://evil.example" }, { port }),
    { status: 403, code: "cross_site_request" },
    "but not to other sites' pages",
  );
});
