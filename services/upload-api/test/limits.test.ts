import { once } from "node:events";
import type { Socket } from "node:net";
import { readConfig } from "@stockwire/service-kit/config";
import t, { type Test } from "tap";
import { buildApp } from "../src/app.ts";
import { config as definition } from "../src/config.ts";
import { createContext } from "../src/context.ts";
import {
  ADMIN_KEY,
  csvOf,
  fetch,
  nothingIsLeft,
  openSocket,
  problemOf,
  type RunningApi,
  receipts,
  startApi,
  until,
  write,
} from "./helpers.ts";

const api = await startApi(t);

/** A second API on the same cloud, with other settings. */
const withSettings = async (
  t: Test,
  settings: Partial<RunningApi["config"]["settings"]>,
  prepare: (app: Awaited<ReturnType<typeof buildApp>>) => void = () => {},
): Promise<RunningApi> => {
  const config = { ...api.config, settings: { ...api.config.settings, ...settings } };
  const context = createContext({ ...api, config, log: api.context.log });
  const app = await buildApp(context);
  prepare(app);
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  t.teardown(() => app.close());
  return { ...api, config, context, app, url, port: Number(new URL(url).port) };
};

const get = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/v1/uploads`, { headers });

t.test("a key that sends too much is told when to come again", async (t) => {
  const { url } = await withSettings(t, { RATE_LIMIT_PER_MINUTE: 3 });
  for (const remaining of ["2", "1", "0"]) {
    const response = await get(url);
    t.equal(response.status, 200);
    t.equal(response.headers.get("ratelimit-limit"), "3");
    t.equal(response.headers.get("ratelimit-remaining"), remaining);
    await response.body?.cancel();
  }
  for (const init of [{}, { method: "POST", body: csvOf(1), headers: { "content-type": "text/csv" } }]) {
    const response = await fetch(`${url}/v1/${"method" in init ? "inventory" : "uploads"}`, init);
    t.match(response.headers.get("retry-after"), /^[1-9]\d?$/);
    t.equal(response.headers.get("ratelimit-remaining"), "0");
    t.equal(response.headers.get("x-content-type-options"), "nosniff");
    t.match(await problemOf(response), {
      status: 429,
      code: "rate_limited",
      detail: /^This key may send 3 /,
    });
  }
  t.ok(await nothingIsLeft(api));
});

t.test("an address is counted before its key is looked at, whatever it asks for", async (t) => {
  const { url } = await withSettings(t, { ADDRESS_LIMIT_PER_MINUTE: 2, TRUST_PROXY: 1 });
  const from = (address: string, path = "/v2/nothing") =>
    fetch(`${url}${path}`, { headers: { "x-forwarded-for": `10.9.9.9, ${address}` } });
  t.equal((await from("192.0.2.1")).status, 404);
  t.equal((await from("192.0.2.1", "/")).status, 200);
  t.match(await problemOf(await from("192.0.2.1")), { status: 429, detail: /^This address / });
  t.equal((await from("192.0.2.2")).status, 404, "another address, behind the one proxy that is believed");
  t.equal((await from("2001:db8::1")).status, 404);
  t.equal((await from("2001:db8::2")).status, 404);
  t.equal((await from("2001:db8::3")).status, 429, "of IPv6 the network counts");
});

t.test("without a proxy that is believed, x-forwarded-for says nothing", async (t) => {
  const { url } = await withSettings(t, { ADDRESS_LIMIT_PER_MINUTE: 1 });
  t.equal((await get(url, { "x-forwarded-for": "192.0.2.1" })).status, 200);
  t.equal((await get(url, { "x-forwarded-for": "192.0.2.2" })).status, 429);
});

t.test("who guesses keys is stopped soon; who has one at the same address goes on", async (t) => {
  const { url } = await withSettings(t, { REFUSED_KEYS_PER_MINUTE: 2 });
  const wrong = { "x-api-key": ADMIN_KEY.replace(/.{6}$/, "AAAAAA") };
  for (const status of [401, 401, 429, 429]) t.equal((await get(url, wrong)).status, status);
  t.match(await problemOf(await get(url, wrong)), { status: 429, code: "rate_limited" });
  t.equal((await get(url)).status, 200);
});

t.test("0 is no limit", async (t) => {
  const off = { RATE_LIMIT_PER_MINUTE: 0, ADDRESS_LIMIT_PER_MINUTE: 0, REFUSED_KEYS_PER_MINUTE: 0 };
  const { url } = await withSettings(t, off);
  const response = await get(url);
  t.equal(response.status, 200);
  t.equal(response.headers.get("ratelimit-limit"), null);
});

const HEAD = `POST /v1/inventory HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${ADMIN_KEY}\r\ncontent-type: text/csv\r\n`;

const begin = async (on: RunningApi): Promise<{ socket: Socket; answer: { text: string } }> => {
  const socket = await openSocket(on);
  const answer = { text: "" };
  socket.on("data", (data) => (answer.text += data)).on("error", () => {});
  const arrived = once(on.app.server, "request");
  await write(socket, `${HEAD}content-length: 6\r\n\r\nstore`);
  await arrived;
  return { socket, answer };
};

t.test("200 slow uploads at once: as many as have room go on, the others are turned away", async (t) => {
  const room = 16;
  const few = await withSettings(t, { MAX_CONCURRENT_UPLOADS: room });
  const before = (await receipts(api)).length;
  const slow = await Promise.all(Array.from({ length: 200 }, () => begin(few)));
  const turnedAway = () => slow.filter(({ answer }) => answer.text !== "");
  await until("the others have their answer", () => turnedAway().length === 200 - room);
  for (const { answer } of turnedAway()) {
    t.match(answer.text, /^HTTP\/1\.1 503 .*retry-after: [1-3]\r\n.*"code":"overloaded"/s);
  }
  t.equal((await get(few.url)).status, 200, "who only reads is served");
  for (const { socket, answer } of slow) if (answer.text === "") await write(socket, "x");
  await until("those that went on are taken in", () =>
    slow.every(({ answer }) => /^HTTP\/1\.1 (202|503) /.test(answer.text)),
  );
  for (const { socket } of slow) socket.destroy();
  t.equal((await receipts(api)).length, before + room);
});

t.test("a place is given back however its upload ends", async (t) => {
  const one = await withSettings(t, { MAX_CONCURRENT_UPLOADS: 1, MAX_UPLOAD_BYTES: 100 });
  const post = async (init: RequestInit) => {
    const response = await fetch(`${one.url}/v1/inventory`, {
      method: "POST",
      headers: { "content-type": "text/csv" },
      ...init,
    });
    await response.body?.cancel();
    return response.status;
  };
  for (let round = 0; round < 3; round++) {
    t.equal(await post({ body: csvOf(1) }), 202, "taken in");
    t.equal(await post({ body: csvOf(100) }), 413, "refused while it came");
    t.equal(
      await post({ body: csvOf(1), headers: { "content-type": "text/html" } }),
      415,
      "refused by its head",
    );
    const foreign = { "content-type": "text/csv", "sec-fetch-site": "cross-site" };
    t.equal(await post({ body: csvOf(1), headers: foreign }), 403, "refused before it had one");
    const { socket } = await begin(one);
    await until("it has the place", async () => (await post({ body: csvOf(1) })) === 503);
    socket.destroy();
    await until("it is free again", async () => (await post({ body: csvOf(1) })) === 202);
  }
});

t.test("requests of any kind have their limit, too", async (t) => {
  const one = await withSettings(t, { MAX_CONCURRENT_REQUESTS: 1 });
  const { socket } = await begin(one);
  await until("it has the place", async () => (await get(one.url)).status === 503);
  const response = await get(one.url);
  t.match(response.headers.get("retry-after"), /^[1-3]$/);
  t.match(await problemOf(response), {
    status: 503,
    code: "overloaded",
    detail: /^1 requests are under way/,
  });
  socket.destroy();
  await until("it is free again", async () => (await get(one.url)).status === 200);
});

t.test("more connections than are allowed are closed", async (t) => {
  const two = await withSettings(t, { MAX_CONNECTIONS: 2 });
  const held = [await openSocket(two), await openSocket(two)];
  const third = await openSocket(two);
  third.on("error", () => {}).resume();
  await once(third, "close");
  for (const socket of held) socket.destroy();
  await until("there is room again", async () => (await get(two.url).catch(() => undefined))?.status === 200);
});

t.test("origins that are no origins stop the start with one clear line", async (t) => {
  for (const wrong of [
    "*",
    "stock.example",
    "https://stock.example/",
    "https://*.example",
    "null",
    "https://a,*",
  ]) {
    const environment = { ...process.env, OPERATIONS_PORT: "0", CORS_ORIGINS: wrong };
    t.throws(
      () => readConfig(definition, environment),
      { message: /^CORS_ORIGINS="[^\n]*`\*` is not taken[^\n]*$/ },
      wrong,
    );
  }
});

t.test("pages of origins that are allowed may call, and no others", async (t) => {
  const { url } = await withSettings(t, {
    CORS_ORIGINS: "https://Stock.example:443, http://till.example:8081",
  });
  const preflight = (origin: string) =>
    fetch(`${url}/v1/inventory`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-api-key,idempotency-key,last-event-id",
      },
    });
  for (const origin of ["https://stock.example", "http://till.example:8081"]) {
    const asked = await preflight(origin);
    t.equal(asked.status, 204);
    t.equal(asked.headers.get("access-control-allow-origin"), origin);
    t.match(asked.headers.get("access-control-allow-headers"), /x-api-key/);
    t.match(asked.headers.get("access-control-allow-headers"), /idempotency-key/);
    t.match(asked.headers.get("access-control-allow-headers"), /last-event-id/, "a stream may be resumed");
    t.equal(asked.headers.get("access-control-allow-credentials"), null);
    const sent = await fetch(`${url}/v1/inventory`, {
      method: "POST",
      headers: { "content-type": "text/csv", origin, "sec-fetch-site": "cross-site" },
      body: csvOf(1),
    });
    t.equal(sent.status, 202);
    t.equal(sent.headers.get("access-control-allow-origin"), origin);
    t.match(sent.headers.get("access-control-expose-headers"), /location/);
    t.match(sent.headers.get("vary"), /origin/i);
    const refused = await fetch(`${url}/v1/nothing`, { headers: { origin } });
    t.equal(refused.headers.get("access-control-allow-origin"), origin, "it may read what went wrong");
  }
  for (const origin of [
    "https://evil.example",
    "http://stock.example",
    "https://stock.example:8443",
    "null",
  ]) {
    const asked = await preflight(origin);
    t.match(await problemOf(asked), { status: 404 }, origin);
    t.equal(asked.headers.get("access-control-allow-origin"), null);
    const sent = await fetch(`${url}/v1/inventory`, {
      method: "POST",
      headers: { "content-type": "text/csv", origin },
      body: csvOf(1),
    });
    t.match(await problemOf(sent), { status: 403, code: "cross_site_request" }, origin);
    t.equal(sent.headers.get("access-control-allow-origin"), null);
  }
  const closed = await fetch(`${api.url}/v1/inventory`, {
    method: "OPTIONS",
    headers: { origin: "https://stock.example", "access-control-request-method": "POST" },
  });
  t.match(await problemOf(closed), { status: 404, code: "route_not_found" }, "unless told so, nobody's");
  t.equal(closed.headers.get("access-control-allow-origin"), null);
});
