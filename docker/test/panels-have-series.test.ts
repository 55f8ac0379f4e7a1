import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { SERVICES, startStack, until } from "../../e2e/stack.ts";
import { type PanelQuery, panelQueries } from "./queries.ts";
import { readRules } from "./read-rules.ts";
import { requirePrometheus, startPrometheus } from "./start-prometheus.ts";

requirePrometheus();
const stack = await startStack();
t.teardown(stack.stop);
const prometheus = await startPrometheus(
  Object.fromEntries(SERVICES.map((name) => [name, stack.operations(name) ?? ""])),
).catch(async (error) => {
  await stack.stop();
  throw error;
});
t.teardown(prometheus.stop);

/** True where at least one series has a value; a quantile of nothing has none, as it is not a number. */
const hasValues = async (expr: string): Promise<boolean> => {
  const { result } = await prometheus.ask<{ result: { value: [time: number, value: string] }[] }>(
    "/api/v1/query",
    { query: expr },
  );
  return result.some(({ value }) => value[1] !== "NaN");
};

/** What says something only when something is wrong. */
const EMPTY_WHEN_HEALTHY = ["overview / Alerts that fire", "overview / Alerts to the operator"].map(
  (panel) => `Stockwire: ${panel}`,
);

/** The query without what it falls back on, which has a value whatever is asked for. */
const withoutFallback = (query: PanelQuery): PanelQuery => ({
  ...query,
  expr: query.expr.replace(/ or vector\(0\)$/, ""),
});

const post = (path: string, body: string, type: string) =>
  stack.ask(path, { method: "POST", headers: { "content-type": type }, body });

t.test("every service is scraped under its own name", async () => {
  for (const job of SERVICES)
    await until(async () => (await hasValues(`up{job="${job}"} == 1`)) || undefined, job);
});

t.test("traffic of every kind comes to its end", async (t) => {
  const good = await stack.ended(await stack.send("store,item,count\nBerlin,Echo,3\nBerlin,Echo Plus,0\n"));
  t.equal(good.status, "loaded");
  const partly = await stack.ended(await stack.send("store,item,count\nBerlin,Echo,0\nBerlin,Echo Dot,-1\n"));
  t.equal(partly.status, "partial");
  t.equal((await stack.ended(await stack.send("no header here\n"))).status, "rejected");
  t.ok((await post("/v1/inventory", "{}", "application/json")).status >= 400, "refused");
  t.equal((await stack.ask("/nowhere")).status, 404);
  const invoice = readFileSync(join(import.meta.dirname, "../../samples/invoices/inv-00001.txt"), "utf8");
  const accepted = await post("/v1/invoices", invoice, "text/plain");
  t.equal(accepted.status, 202);
  const { uploads } = (await accepted.json()) as { uploads: { uploadId: string }[] };
  for (const { uploadId } of uploads) t.equal((await stack.ended(uploadId)).status, "loaded");
  await stack.told(2);
});

t.test("what happened arrives in Prometheus", async () => {
  const outcomes = [
    'sum(stockwire_files_total{kind="inventory", outcome="partial"}) == 1',
    'sum(stockwire_files_total{kind="inventory", outcome="rejected"}) == 1',
    'sum(stockwire_uploads_total{outcome="refused"}) >= 1',
    'sum(stockwire_invoices_total{outcome="accepted"}) == 1',
    'sum(stockwire_alerts_total{kind="out"}) == 2',
    'sum by (job) (stockwire_live_events_total{outcome="appended"}) > 0',
  ];
  for (const expr of outcomes) await until(async () => (await hasValues(expr)) || undefined, expr);
});

t.test("every panel has values, also those of what never happens on a healthy system", async (t) => {
  const queries = panelQueries("1m");
  const exempt = queries.filter(({ where }) => EMPTY_WHEN_HEALTHY.includes(where));
  t.equal(exempt.length, EMPTY_WHEN_HEALTHY.length, "every exempt panel is there");
  let empty: PanelQuery[] = queries.filter((query) => !exempt.includes(query)).map(withoutFallback);
  t.ok(empty.length > 60);
  t.notMatch(empty.map(({ expr }) => expr).join("\n"), /vector\(/, "no fallback is asked for");
  await until(
    async () => {
      const asked = await Promise.all(
        empty.map(async (query) => ({ query, has: await hasValues(query.expr) })),
      );
      empty = asked.filter(({ has }) => !has).map(({ query }) => query);
      return empty.length === 0 || undefined;
    },
    "every panel's values",
    60,
    // Which ones stayed empty is told below.
  ).catch(() => undefined);
  t.same(empty, [], "panels without any value");
});

t.test("all four services answer, as the overview counts them", async (t) => {
  const query = panelQueries("1m").find(({ where }) => where.endsWith("/ Services that answer"));
  const { result } = await prometheus.ask<{ result: { value: [time: number, value: string] }[] }>(
    "/api/v1/query",
    { query: query?.expr ?? "" },
  );
  t.same(
    result.map(({ value }) => value[1]),
    ["4"],
  );
});

interface RuleState {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
  readonly state?: string;
}

t.test("every rule is loaded and evaluated, and none fires on a healthy system", async (t) => {
  const rules = async () =>
    (await prometheus.ask<{ groups: { rules: RuleState[] }[] }>("/api/v1/rules")).groups.flatMap(
      (group) => group.rules,
    );
  const evaluated = await until(async () => {
    const current = await rules();
    return current.every(({ health }) => health !== "unknown") ? current : undefined;
  }, "every rule to be evaluated");
  t.same(
    evaluated.map(({ name }) => name).sort(),
    readRules()
      .map(({ name }) => name)
      .sort(),
  );
  for (const { name, health, lastError, state } of evaluated) {
    t.equal(health, "ok", `${name}: ${lastError ?? "no error"}`);
    t.not(state, "firing", `${name} does not fire`);
  }
});
