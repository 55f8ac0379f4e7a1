import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Scope } from "@stockwire/contracts/items";
import t from "tap";
import { buildApp } from "../src/app.ts";
import type { RouteRule } from "../src/hooks/authenticate.ts";
import { startIssuer } from "./fake-issuer.ts";
import { ADMIN_KEY, createKey, receipts, startApi } from "./helpers.ts";

/**
 * Tries every route as every kind of caller, on a system in which everything that is asked for belongs to Berlin, holds
 * the outcome against the route's rule, and the table of all outcomes against docs/access.md.
 */
const GUIDE = join(import.meta.dirname, "../../../docs/access.md");
const [BEGIN, END] = ["<!-- outcomes -->\n", "<!-- /outcomes -->"];

const DASHBOARD_DIR = t.testdir({ "index.html": "<!doctype html>", assets: { "page-1.js": "" } });
const api = await startApi(t, { DASHBOARD_DIR });
const issuer = await startIssuer(t);
const app = await buildApp({ ...api.context, checkToken: issuer.checkToken });
t.teardown(() => app.close());
const url = await app.listen({ host: "127.0.0.1", port: 0 });

interface Caller {
  readonly name: string;
  readonly credential?: string;
  readonly scopes: readonly Scope[];
  readonly stores: "all" | readonly string[];
}

const keyOf = async (scope: Scope, Store?: string): Promise<Omit<Caller, "name">> => {
  const { text } = await createKey(api, { Scopes: [scope], ...(Store !== undefined && { Store }) });
  return { credential: text, scopes: [scope], stores: Store === undefined ? "all" : [Store] };
};
const person = (...groups: string[]): string => issuer.sign({ "cognito:groups": groups });

const callers: readonly Caller[] = [
  { name: "anonymous", scopes: [], stores: [] },
  { name: "upload key", ...(await keyOf("upload")) },
  { name: "upload key of Berlin", ...(await keyOf("upload", "Berlin")) },
  { name: "upload key of Tokyo", ...(await keyOf("upload", "Tokyo")) },
  { name: "read key", ...(await keyOf("read")) },
  { name: "read key of Tokyo", ...(await keyOf("read", "Tokyo")) },
  { name: "admin", credential: ADMIN_KEY, scopes: ["upload", "read", "admin"], stores: "all" },
  { name: "admin of Tokyo", ...(await keyOf("admin", "Tokyo")), scopes: ["upload", "read", "admin"] },
  {
    name: "person: upload, read, store:Berlin",
    credential: person("upload", "read", "store:Berlin"),
    scopes: ["upload", "read"],
    stores: ["Berlin"],
  },
  { name: "person: read", credential: person("read"), scopes: ["read"], stores: [] },
];

const ask = (method: string, path: string, { credential }: Partial<Caller>): Promise<Response> =>
  globalThis.fetch(`${url}${path}`, {
    method,
    redirect: "manual",
    headers: {
      ...(credential !== undefined && { authorization: `Bearer ${credential}` }),
      ...bodyOf(method, path).headers,
    },
    ...bodyOf(method, path).body,
  });

const DIGEST = "0".repeat(64);
/** What the routes that take JSON are sent, by what their paths end with. */
const DOCUMENTS: readonly (readonly [method: string, ending: RegExp, body: object])[] = [
  ["PUT", /\/thresholds$/, { default: 3, items: {} }],
  ["POST", /\/subscriptions$/, { protocol: "email", endpoint: "staff@example.org", stores: ["Berlin"] }],
  ["POST", /\/uploads$/, { filename: "berlin.csv", bytes: 9_000_000, sha256: DIGEST, store: "Berlin" }],
  ["POST", /\/parts$/, {}],
  ["POST", /\/complete$/, {}],
];

const bodyOf = (method: string, path: string) => {
  const [, , document] = DOCUMENTS.find(([of, ending]) => of === method && ending.test(path)) ?? [];
  if (document !== undefined) {
    return { headers: { "content-type": "application/json" }, body: { body: JSON.stringify(document) } };
  }
  if (method !== "POST") return { headers: {}, body: {} };
  const type = path.startsWith("/v1/invoices") ? "text/plain" : "text/csv";
  return { headers: { "content-type": type }, body: { body: "store,item,count\nBerlin,Echo,0\n" } };
};

const { tables } = api.context.resources;
const put = (TableName: string, Item: object) => api.dynamo.send(new PutCommand({ TableName, Item }));
const sent = await ask("POST", "/v1/inventory?store=Berlin", { credential: ADMIN_KEY });
const [upload] = ((await sent.json()) as { uploads: { uploadId: string }[] }).uploads;
/** A big file under way, the administrator's. */
const begun = await ask("POST", "/v1/uploads", { credential: ADMIN_KEY });
const pending = (await begun.json()) as { uploadId: string };
await (await ask("POST", "/v1/subscriptions", { credential: ADMIN_KEY })).body?.cancel();
/** So that it can be undone. */
await api.dynamo.send(
  new UpdateCommand({
    TableName: tables.Uploads,
    Key: { UploadId: upload?.uploadId },
    UpdateExpression: "SET #status = :loaded",
    ExpressionAttributeNames: { "#status": "Status" },
    ExpressionAttributeValues: { ":loaded": "loaded" },
  }),
);
const at = new Date().toISOString();
await put(tables.Stores, {
  Store: "Berlin",
  Items: 1,
  OutOfStock: 1,
  LastLoadAt: at,
  LastUploadId: "x",
  Revision: 1,
});
await put(tables.Inventory, {
  ...{
    Store: "Berlin",
    Item: "Echo",
    Count: 0,
    Level: "out",
    Version: "v",
    Line: 2,
    UploadId: "x",
    UpdatedAt: at,
  },
});
await api.context.alertDays.remember(at.slice(0, 10));
await put(tables.Alerts, {
  ...{ StoreItem: "Berlin\u001fEcho", Version: "v", Store: "Berlin", Item: "Echo", Kind: "out", Count: 0 },
  ...{ Message: "Berlin is out of stock of Echo", UploadId: "x", At: at, Day: at.slice(0, 10) },
});

const parameters: Readonly<Record<string, string>> = {
  uploadId: upload?.uploadId ?? "",
  store: "Berlin",
  customerId: "customer",
  invoiceId: "invoice",
  subscriptionId: "00000000-0000-4000-8000-000000000000",
  code: "missing_key",
};
/** Routes about a big file that is under way. */
const ABOUT_PENDING = /\/(parts|complete)$/;
const pathOf = (pattern: string, method: string): string =>
  pattern.replace("/assets/*", "/assets/page-1.js").replace(/:(\w+)/g, (_, name: string) => {
    const isPending = ABOUT_PENDING.test(pattern) || (method === "DELETE" && name === "uploadId");
    const value = isPending ? pending.uploadId : parameters[name];
    if (value === undefined) throw new Error(`what is ${name}? Give it a value above`);
    return value;
  });

/** What a caller got, in a word or two. */
const outcomeOf = async (response: Response, rule: Partial<RouteRule> = {}): Promise<string> => {
  if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
    await response.body?.cancel();
    return "yes";
  }
  const body = await response.text();
  const problem = response.headers.get("content-type")?.startsWith("application/problem+json");
  if (problem && body !== "") return `${response.status} ${(JSON.parse(body) as { code: string }).code}`;
  if (response.status >= 400) return String(response.status);
  if (body.startsWith('{"items":') && rule.allStores !== true && !/Berlin|Echo/.test(body)) {
    return "nothing of Berlin";
  }
  if (body.startsWith('{"scopes":')) return "what it may do";
  if (response.status !== 202) return "yes";
  const { uploads } = JSON.parse(body) as { uploads?: { uploadId: string }[] };
  if (uploads === undefined) return "yes";
  const made = (await receipts(api)).find(({ UploadId }) => UploadId === uploads[0]?.uploadId);
  return made?.StoreRestriction === undefined ? "yes" : `rows of ${made.StoreRestriction} only`;
};

/** What the rule says, whatever the route then does. */
const refusalBy = (rule: RouteRule, caller: Caller): string | undefined => {
  if (rule.access === "public") return undefined;
  if (caller.credential === undefined) return "401 missing_key";
  const allowed = [rule.access].flat().some((scope) => caller.scopes.includes(scope));
  return allowed && (rule.allStores !== true || caller.stores === "all") ? undefined : "403 forbidden";
};

const REFUSALS = new Set(["401 missing_key", "403 forbidden"]);
/** Asked besides the routes themselves: another store than one's own, by name. */
const QUERIES: Readonly<Record<string, string>> = {
  "POST /v1/inventory": "?store=Berlin",
  "GET /v1/uploads": "?store=Berlin",
  "GET /v1/alerts": "?store=Berlin",
};

const rows: string[][] = [];

t.test("every route is tried by every caller, and does what its rule says", async (t) => {
  t.ok(app.accessRules.length > 30, `${app.accessRules.length} routes`);
  const documentation = app.accessRules.filter(({ url }) => /^\/docs(\/|$)/.test(url));
  for (const { access, url } of documentation) t.equal(access, "public", url);
  for (const rule of app.accessRules) {
    const route = `${rule.method} ${rule.url}`;
    const tries = documentation.includes(rule) ? ["/docs/"] : [rule.url];
    const query = QUERIES[route];
    if (query !== undefined) tries.push(rule.url + query);
    for (const pattern of tries) {
      const outcomes: string[] = [];
      for (const caller of callers) {
        const outcome = await outcomeOf(await ask(rule.method, pathOf(pattern, rule.method), caller), rule);
        const isRefused = rule.method === "HEAD" ? /^40[13]$/ : /^40[13] (missing_key|forbidden)$/;
        const refusal = refusalBy(rule, caller);
        if (rule.method === "HEAD")
          t.equal(isRefused.test(outcome), refusal !== undefined, `${route}: ${caller.name}`);
        else if (refusal !== undefined) t.equal(outcome, refusal, `${route}: ${caller.name}`);
        else t.notOk(REFUSALS.has(outcome), `${route}: ${caller.name}: ${outcome}`);
        outcomes.push(outcome);
      }
      if (rule.access === "public") t.equal(new Set(outcomes).size, 1, `${route} is the same for all`);
      rows.push([`${rule.method} ${pattern}`, ...outcomes]);
    }
  }
});

t.test("what is for operators is not on this port", async (t) => {
  for (const path of ["/metrics", "/live", "/ready"]) {
    for (const caller of callers) {
      t.equal(
        await outcomeOf(await ask("GET", path, caller)),
        "404 route_not_found",
        `${path}: ${caller.name}`,
      );
    }
  }
});

/** HEAD does what GET does, and methods that a route does not take are 405 for everybody. */
const isTold = ([route = "", outcome]: readonly string[]): boolean =>
  !route.startsWith("HEAD ") && !outcome?.startsWith("405");

t.test("docs/access.md has the outcomes", async (t) => {
  const told = [...new Map(rows.filter(isTold).map((row) => [row[0], row])).values()];
  const lines = [
    ["route", ...callers.map(({ name }) => name)],
    ["---", ...callers.map(() => "---")],
    ...told,
  ];
  const table = lines.map((cells) => `| ${cells.map(cellOf).join(" | ")} |\n`).join("");
  const guide = readFileSync(GUIDE, "utf8");
  const [begin, end] = [guide.indexOf(BEGIN) + BEGIN.length, guide.indexOf(END)];
  if (process.env.UPDATE_SNAPSHOTS) {
    writeFileSync(GUIDE, `${guide.slice(0, begin)}\n${table}\n${guide.slice(end)}`);
    return;
  }
  t.equal(plain(guide.slice(begin, end)), plain(table), "UPDATE_SNAPSHOTS=1 rewrites it; read what changed");
});

const cellOf = (text: string): string => (/^(GET|POST|PUT|PATCH|DELETE) /.test(text) ? `\`${text}\`` : text);
/** Without the blanks that a formatter puts into tables. */
const plain = (markdown: string): string => markdown.replace(/ {2,}/g, " ").replace(/-{3,}/g, "---").trim();
