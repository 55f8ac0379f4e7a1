import t from "tap";
import { problems } from "../src/errors/problems.ts";
import { fetch, openSocket, problemOf, startApiWithoutCloud, write } from "./helpers.ts";

interface Operation {
  operationId?: string;
  summary?: string;
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string; schema: unknown }[];
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}

interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  components: { securitySchemes: Record<string, unknown> };
  paths: Record<string, Record<string, Operation>>;
}

const api = await startApiWithoutCloud(t);

t.test("the OpenAPI document has every route, with its parameters, answers and problems", async (t) => {
  const response = await fetch(`${api.url}/openapi.json`);
  const document = (await response.json()) as OpenApi;
  t.equal(document.openapi, "3.1.0");
  t.strictSame(
    Object.entries(document.paths)
      .map(([path, operations]) => [path, Object.keys(operations).sort()])
      .sort(),
    [
      ["/problems/{code}", ["get"]],
      ["/v1/alerts", ["get"]],
      ["/v1/events", ["get"]],
      ["/v1/inventory", ["post"]],
      ["/v1/invoices", ["get", "post"]],
      ["/v1/invoices/export.csv", ["get"]],
      ["/v1/invoices/{customerId}/{invoiceId}", ["get"]],
      ["/v1/me", ["get"]],
      ["/v1/reports/expenses", ["get"]],
      ["/v1/stores", ["get"]],
      ["/v1/stores/{store}/inventory", ["get"]],
      ["/v1/stores/{store}/thresholds", ["get", "put"]],
      ["/v1/subscriptions", ["get", "post"]],
      ["/v1/subscriptions/{subscriptionId}", ["delete"]],
      ["/v1/uploads", ["get", "post"]],
      ["/v1/uploads/{uploadId}", ["delete", "get"]],
      ["/v1/uploads/{uploadId}/changes", ["get"]],
      ["/v1/uploads/{uploadId}/complete", ["post"]],
      ["/v1/uploads/{uploadId}/file", ["get"]],
      ["/v1/uploads/{uploadId}/parts", ["get", "post"]],
      ["/v1/uploads/{uploadId}/rejected.csv", ["get"]],
      ["/v1/uploads/{uploadId}/undo", ["post"]],
    ],
  );
  const operations = Object.entries(document.paths).flatMap(([path, ofPath]) =>
    Object.values(ofPath).map((operation) => ({ path, ...operation })),
  );
  t.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
  for (const { path, operationId, summary, parameters = [], responses } of operations) {
    t.ok(operationId && summary, `${path} says what it does`);
    for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
      t.ok(
        parameters.some((parameter) => parameter.name === name && parameter.in === "path"),
        `${path} has ${name}`,
      );
    }
    for (const [status, { description, content }] of Object.entries(responses)) {
      t.ok(description, `${path} says what ${status} means`);
      if (Number(status) >= 400) t.strictSame(Object.keys(content ?? {}), ["application/problem+json"]);
    }
    t.ok(responses[500] && responses[503], `${path} can fail`);
  }
  t.strictSame(Object.keys(document.components.securitySchemes), ["apiKey", "bearer"]);
  for (const { path, operationId, security, responses } of operations) {
    if (path.startsWith("/problems/")) {
      t.strictSame(security, [], "anybody may ask what a problem means");
      t.notOk(responses[401]);
      continue;
    }
    const scopes = security?.map((way) => Object.entries(way)) ?? [];
    t.equal(scopes.length, 2, `${operationId} takes a key in either header`);
    t.match(responses[401]?.description, "`missing_key`");
    t.match(responses[403]?.description, "`forbidden`");
  }
  t.strictSame(document.paths["/v1/uploads/{uploadId}"]?.get?.security?.[0], { apiKey: ["read", "upload"] });
  t.match(document.paths["/v1/inventory"]?.post?.responses[403]?.description, "`store_forbidden`");
  const body = document.paths["/v1/inventory"]?.post?.requestBody?.content ?? {};
  t.strictSame(Object.keys(body), ["multipart/form-data", "text/csv", "application/csv", "text/plain"]);
  const settings = document.paths["/v1/stores/{store}/thresholds"]?.put?.requestBody?.content ?? {};
  t.strictSame(Object.keys(settings), ["application/json"]);
});

t.test("the documentation page and all that it loads come under a policy that allows them", async (t) => {
  const page = await fetch(`${api.url}/docs/`);
  const html = await page.text();
  t.equal(page.status, 200);
  const policy = page.headers.get("content-security-policy") ?? "";
  t.match(policy, "default-src 'self'");
  t.match(policy, "style-src 'self' 'unsafe-inline'");
  t.notMatch(policy, "upgrade-insecure-requests", "plain HTTP on a private network has to work");
  t.notMatch(html, /<script(?![^>]*\ssrc=)[^>]*>\s*\S/, "no inline script, which the policy would stop");
  const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(
    ([, path]) => new URL(path ?? "", page.url),
  );
  t.ok(loaded.length >= 4);
  for (const url of loaded) {
    t.equal(url.origin, api.url, "nothing from elsewhere");
    const asset = await fetch(url);
    t.equal(asset.status, 200, url.pathname);
    await asset.body?.cancel();
  }
  const elsewhere = await fetch(`${api.url}/`);
  t.notMatch(elsewhere.headers.get("content-security-policy"), "unsafe-inline");
  t.equal(elsewhere.headers.get("x-content-type-options"), "nosniff");
  t.match(await elsewhere.json(), { documentation: "/docs" });
});

t.test("what is not there is a problem like any other", async (t) => {
  const ask = async (method: string, path: string) => {
    const response = await fetch(`${api.url}${path}`, { method });
    return { problem: await problemOf(response), headers: response.headers };
  };
  const { problem, headers } = await ask("GET", "/v2/nothing?key=secret");
  t.match(headers.get("content-type"), /^application\/problem\+json/);
  t.match(problem, {
    type: "/problems/route_not_found",
    title: problems.route_not_found.title,
    status: 404,
    code: "route_not_found",
    detail: "There is no route GET /v2/nothing.",
    instance: /^urn:uuid:[0-9a-f-]{36}$/,
  });
  t.match((await ask("POST", "/nowhere")).problem, { code: "route_not_found" });
  t.match((await ask("GET", "/v1/%zz")).problem, { status: 400, code: "invalid_request" });
  t.match((await ask("GET", `/v1/stores/${"x".repeat(3_000)}/inventory`)).problem, {
    code: /route_not_found|invalid_request/,
  });
  const wrong = await ask("DELETE", "/v1/inventory");
  t.match(wrong.problem, { status: 405, code: "method_not_allowed" });
  t.equal(wrong.headers.get("allow"), "POST");
  t.equal((await ask("PUT", "/v1/uploads/x/file")).headers.get("allow"), "GET, HEAD");
});

t.test("what is not even HTTP is a problem, too", async (t) => {
  const socket = await openSocket(api);
  let answer = "";
  const ended = new Promise((resolve) =>
    socket.on("data", (data) => (answer += data)).once("close", resolve),
  );
  await write(socket, "hello there\r\n\r\n");
  await ended;
  t.match(answer, /^HTTP\/1\.1 400 .*application\/problem\+json.*"code":"invalid_request"/s);
});

t.test("the type of every problem leads to what it means and how to mend it", async (t) => {
  for (const [code, { status, title, mend }] of Object.entries(problems)) {
    const response = await fetch(`${api.url}/problems/${code}`);
    t.strictSame(await response.json(), { code, status, title, mend });
  }
  const response = await fetch(`${api.url}/problems/toString`);
  t.match(await problemOf(response), { status: 404, code: "problem_not_found" });
});

t.test("without the cloud the answer is to come again", async (t) => {
  const response = await fetch(`${api.url}/v1/stores`);
  t.match(response.headers.get("retry-after"), /^\d+$/);
  t.match(await problemOf(response), { status: 503, code: "unavailable" });
});

t.test("requests are observed under their route's pattern", async (t) => {
  const text = await api.metrics.registry.metrics();
  t.match(text, /count\{service="upload-api",method="GET",route="none",status_code="404"\}/);
  t.match(text, /route="\/v1\/uploads\/:uploadId\/file",status_code="405"/);
  t.notMatch(text, "/v2/nothing");
  t.notMatch(JSON.stringify(api.logged), "secret", "queries stay out of the log");
});
