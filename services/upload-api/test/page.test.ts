import { mkdirSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import t from "tap";
import { compressFiles } from "../../../dashboard/tools/compress-files.ts";
import { buildApp } from "../src/app.ts";
import { createContext } from "../src/context.ts";
import { startApi } from "./helpers.ts";

const HTML =
  '<!doctype html><html lang="en"><title>Stockwire</title><script src="assets/page-1.js"></script></html>';
const SCRIPT = `export const names = ${JSON.stringify(Array.from({ length: 300 }, (_, item) => `item ${item}`))};\n`;

const DASHBOARD_DIR = join(t.testdir({ secret: "not a file of the page" }), "dist");
mkdirSync(join(DASHBOARD_DIR, "assets"), { recursive: true });
for (const [name, content] of Object.entries({
  "index.html": HTML,
  "favicon.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
  "config.json": '{"api":"https://elsewhere.example"}',
  ".hidden": "hidden",
  "assets/page-1.js": SCRIPT,
  "assets/page-1.css": "body { margin: 0 }",
  "assets/.hidden.js": "hidden",
})) {
  writeFileSync(join(DASHBOARD_DIR, name), content);
}
compressFiles(DASHBOARD_DIR);

const api = await startApi(t, { DASHBOARD_DIR });

interface Asked {
  readonly method?: string;
  readonly port?: number;
  readonly accept?: string;
  readonly host?: string;
  readonly "accept-encoding"?: string;
  readonly "if-none-match"?: string;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Paths go as they are: `fetch` would tidy them up. */
const ask = async (
  path: string,
  { method = "GET", port = api.port, ...headers }: Asked = {},
): Promise<Answer> => {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  request({ port, method, path, headers, agent: false }, async (response) =>
    resolve({ status: response.statusCode, headers: response.headers, body: await buffer(response) }),
  )
    .once("error", reject)
    .end();
  return promise;
};

/** Another API on the same cloud, told otherwise. */
const otherwise = async (settings: Partial<typeof api.config.settings>): Promise<number> => {
  const config = { ...api.config, settings: { ...api.config.settings, ...settings } };
  const app = await buildApp(createContext({ ...api, config, log: api.context.log }));
  t.teardown(() => app.close());
  return Number(new URL(await app.listen({ host: "127.0.0.1", port: 0 })).port);
};

t.test("the page stands at the root, and is asked for again each time", async (t) => {
  const { status, headers, body } = await ask("/", { accept: "text/html,application/xhtml+xml,*/*;q=0.8" });
  t.equal(status, 200);
  t.equal(String(body), HTML);
  t.match(headers["content-type"], /^text\/html/);
  t.equal(headers["cache-control"], "no-cache");
  t.match(headers.vary, /accept/i);
  t.equal((await ask("/", { accept: "text/html", "if-none-match": String(headers.etag) })).status, 304);
  t.equal((await ask("/?from=mail")).status, 200);
  t.equal(String((await ask("/", { host: `localhost:${api.port}` })).body), HTML, "also by that name");
});

t.test("who asks for JSON is told where to look, as without a page", async (t) => {
  const { headers, body } = await ask("/", { accept: "application/json" });
  t.match(headers["content-type"], /^application\/json/);
  t.match(JSON.parse(String(body)), { name: "Stockwire", documentation: "/docs" });
  const withoutPage = await otherwise({ DASHBOARD_DIR: "" });
  t.same((await ask("/", { port: withoutPage, accept: "text/html" })).body, body);
  t.equal((await ask("/config.json", { port: withoutPage })).status, 404);
});

t.test("assets stay in browsers for ever, and travel compressed", async (t) => {
  const plain = await ask("/assets/page-1.js");
  t.equal(String(plain.body), SCRIPT);
  t.equal(plain.headers["content-encoding"], undefined);
  for (const encoding of ["br", "gzip"]) {
    const { headers, body } = await ask("/assets/page-1.js", { "accept-encoding": encoding });
    t.equal(headers["content-encoding"], encoding);
    t.match(headers["content-type"], /^application\/javascript/);
    t.equal(headers["cache-control"], "public, max-age=31536000, immutable");
    t.match(headers.vary, /accept-encoding/);
    t.ok(headers.etag && headers.etag !== plain.headers.etag, "each encoding has a tag of its own");
    t.ok(body.length < SCRIPT.length / 3, `${body.length} bytes`);
    if (encoding === "gzip") t.equal(String(gunzipSync(body)), SCRIPT);
    const again = { "accept-encoding": encoding, "if-none-match": String(headers.etag) };
    t.equal((await ask("/assets/page-1.js", again)).status, 304);
  }
  const { headers } = await ask("/assets/page-1.css", { "accept-encoding": "br" });
  t.match(headers["content-type"], /^text\/css/);
  t.equal(headers["content-encoding"], undefined, "what is small is left as it is");
  const icon = await ask("/favicon.svg");
  t.match(icon.headers, { "content-type": /^image\/svg\+xml/, "cache-control": "no-cache" });
});

t.test("HEAD answers with the same headers and no body", async (t) => {
  for (const path of ["/", "/assets/page-1.js", "/config.json", "/favicon.svg"]) {
    const [got, head] = [await ask(path), await ask(path, { method: "HEAD" })];
    t.equal(head.status, 200, path);
    t.equal(head.body.length, 0);
    for (const name of ["content-type", "content-length", "cache-control", "etag"]) {
      t.equal(head.headers[name], got.headers[name], `${path}: ${name}`);
    }
  }
});

t.test("nothing else is served: neither what is hidden nor what lies elsewhere", async (t) => {
  for (const path of [
    "/.hidden",
    "/index.html",
    "/assets/",
    "/assets/.hidden.js",
    "/assets/page-1.js.gz",
    "/assets/page-2.js",
    "/assets/../../secret",
    "/assets/..%2f..%2fsecret",
    "/assets/%2e%2e/%2e%2e/secret",
    "/assets/..%5c..%5csecret",
    "/assets//etc/passwd",
    "/assets/page-1.js%00.css",
    "/../secret",
    "/secret",
  ]) {
    const { status, body } = await ask(path);
    t.ok(status === 404 || status === 400, `${path}: ${status}`);
    t.notMatch(String(body), /hidden"|not a file of the page/, path);
  }
});

t.test("the page may load its own files, and ask this API and S3 alone", async (t) => {
  const policy = String((await ask("/")).headers["content-security-policy"]);
  const directives = new Map(policy.split("; ").map((text) => text.split(/ (.*)/, 2) as [string, string]));
  const s3 = new URL(String(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL)).origin;
  t.same(Object.fromEntries(directives), {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": `'self' ${s3}`,
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
  });
  t.match((await ask("/")).headers, { "x-content-type-options": "nosniff" });
  const elsewhere = await otherwise({ S3_PUBLIC_ENDPOINT: "http://stock.example:4566" });
  const told = (await ask("/", { port: elsewhere })).headers["content-security-policy"];
  t.match(told, "connect-src 'self' http://stock.example:4566;", "where presigned addresses lead");
});

t.test("config.json says where the API is, and where people sign in", async (t) => {
  const { headers, body } = await ask("/config.json");
  t.match(headers, { "content-type": /^application\/json/, "cache-control": "no-cache" });
  t.same(JSON.parse(String(body)), { api: "", signIn: null }, "not what lies beside the page");
  const domain = "https://stock.auth.eu-central-1.amazoncognito.com";
  const port = await otherwise({
    COGNITO_USER_POOL_ID: "eu-central-1_AbCdEf123",
    COGNITO_CLIENT_ID: "page,till",
    COGNITO_DOMAIN: domain,
  });
  const issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123";
  t.same(JSON.parse(String((await ask("/config.json", { port })).body)), {
    api: "",
    signIn: { issuer, domain, clientId: "page" },
  });
  const policy = (await ask("/", { port })).headers["content-security-policy"];
  t.match(policy, `${domain} https://cognito-idp.eu-central-1.amazonaws.com;`);
});

t.test("the documentation beside it still works", async (t) => {
  const { status, headers } = await ask("/docs/");
  t.equal(status, 200);
  t.match(headers["content-security-policy"], "'unsafe-inline'");
  t.equal((await ask("/docs/static/swagger-ui-bundle.js", { method: "HEAD" })).status, 200);
});

t.test("a page that is not there, or a domain without users, is said at the start", async (t) => {
  await t.rejects(otherwise({ DASHBOARD_DIR: join(DASHBOARD_DIR, "nowhere") }), /^DASHBOARD_DIR: ENOENT/);
  await t.rejects(otherwise({ DASHBOARD_DIR: join(DASHBOARD_DIR, "assets") }), /has no index\.html/);
  await t.rejects(otherwise({ COGNITO_DOMAIN: "https://stock.example" }), /COGNITO_DOMAIN is set/);
});

t.test("presigned parts from the page: its origin may send them, and read their tag", async (t) => {
  const s3 = String(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL);
  for (const origin of [`http://127.0.0.1:${api.port}`, `http://localhost:${api.port}`]) {
    const asked = {
      origin,
      "access-control-request-method": "PUT",
      "access-control-request-headers": "content-type",
    };
    const { status, headers } = await fetch(`${s3}/inventory/part?X-Amz-Signature=x`, {
      method: "OPTIONS",
      headers: asked,
    });
    t.equal(status, 204);
    t.equal(headers.get("access-control-allow-origin"), origin);
    t.match(headers.get("access-control-allow-methods"), /PUT/);
    t.match(headers.get("access-control-allow-headers"), /content-type/);
    t.match(headers.get("access-control-expose-headers"), /ETag/);
  }
});
