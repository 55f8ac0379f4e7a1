import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { PROMETHEUS_FOLDER, parseRules, parseRuleTests, readRules, readRuleTests } from "./read-rules.ts";
import { runPromtool } from "./run-promtool.ts";

const inFolder = (pattern: string) =>
  globSync(pattern, { cwd: PROMETHEUS_FOLDER }).map((file) => join(PROMETHEUS_FOLDER, file));
const alerts = readRules().filter(({ kind }) => kind === "alert");
const tests = readRuleTests();

t.test("promtool accepts the configuration, the rules, and what the rules do", async (t) => {
  const runs = [
    ["check", "config", join(PROMETHEUS_FOLDER, "prometheus.yml")],
    ["check", "rules", ...inFolder("rules/*.yml")],
    ["test", "rules", ...inFolder("tests/*.yml")],
  ];
  for (const run of runs) {
    const { ok, output } = runPromtool(...run);
    t.ok(ok, `promtool ${run[0]} ${run[1]}`, { output });
  }
});

t.test("no alert is overlooked here", async (t) => {
  const { output } = runPromtool("check", "rules", ...inFolder("rules/*.yml"));
  const counted = [...output.matchAll(/(\d+) rules found/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  t.equal(readRules().length, counted);
  t.ok(alerts.length > 10);
  t.equal(new Set(alerts.map(({ name }) => name)).size, alerts.length, "names are unique");
});

t.test("every alert is tested both ways", async (t) => {
  for (const { name } of alerts) {
    const own = tests.filter(({ alert }) => alert === name);
    t.ok(
      own.some(({ fires }) => fires),
      `${name} fires when it should`,
    );
    t.ok(
      own.some(({ fires }) => !fires),
      `${name} is silent when it should be`,
    );
  }
  const names = new Set(alerts.map(({ name }) => name));
  t.same(
    tests.filter(({ alert }) => !names.has(alert)),
    [],
    "no test of an alert that is not there",
  );
});

t.test("every alert says how urgent it is, what it means, and where to read on", async (t) => {
  const runbook = readFileSync(join(import.meta.dirname, "../../docs/alerts.md"), "utf8");
  const anchors = new Set([...runbook.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading?.toLowerCase()));
  const bases = new Set<string>();
  for (const { name, expr, fields } of alerts) {
    t.ok(expr.length > 0, `${name} has an expression`);
    t.match(fields.severity, /^(page|ticket)$/, `${name} has a severity`);
    t.match(fields.summary, /.{10,}/, `${name} has a summary`);
    t.match(fields.description, /.{30,}\.$/, `${name} has a description`);
    const [base = "", anchor] = (fields.runbook_url ?? "").split("#");
    bases.add(base);
    t.equal(anchor, name.toLowerCase(), `${name} links its section`);
    t.ok(anchors.has(anchor), `docs/alerts.md has the section ${name}`);
  }
  t.equal(bases.size, 1, "one page for all of them");
  t.match([...bases][0], /^https:\/\/.+\/docs\/alerts\.md$/);
});

t.test("what these checks read is what is written, in whichever of YAML's ways", async (t) => {
  const [some, other, recorded] = parseRules(
    [
      "groups:",
      "  - name: group",
      "    rules:",
      "      - alert: Some",
      "        expr: |",
      "          a",
      "            and b",
      "        labels:",
      "          severity: page",
      "        annotations:",
      "          summary: '{{ $labels.job }} is away'",
      "          description: >-",
      "            It is",
      "            away.",
      '  - { name: more, rules: [{ alert: Other, expr: "c > 1", labels: { severity: ticket } }] }',
      "  - name: recording",
      "    rules:",
      "      - expr: sum(d)",
      "        record: :d:sum",
    ].join("\n"),
  );
  t.same(some, {
    kind: "alert",
    name: "Some",
    expr: "a\n  and b",
    fields: { severity: "page", summary: "{{ $labels.job }} is away", description: "It is away." },
  });
  t.same(other, { kind: "alert", name: "Other", expr: "c > 1", fields: { severity: "ticket" } });
  t.same(recorded, { kind: "record", name: ":d:sum", expr: "sum(d)", fields: {} });
  const tests = [
    "tests:",
    "  - alert_rule_test:",
    "      - { alertname: Some, eval_time: 1m, exp_alerts: [] }",
    "      - eval_time: 1m",
    "        alertname: Some",
    "        exp_alerts:",
    "          - exp_labels: { severity: page }",
    "      - { eval_time: 1m, exp_alerts: [], alertname: Other }",
    "  - promql_expr_test: []",
  ].join("\n");
  t.same(parseRuleTests(tests), [
    { alert: "Some", fires: false },
    { alert: "Some", fires: true },
    { alert: "Other", fires: false },
  ]);
});

t.test("promtool's refusals are noticed", async (t) => {
  const folder = t.testdir({
    "wrong.yml": "groups: [{ name: g, rules: [{ record: a, expr: 'sum by (' }] }]\n",
  });
  t.notOk(runPromtool("check", "rules", join(folder, "wrong.yml")).ok);
});
