import { createMetrics } from "@stockwire/service-kit/metrics";
import t from "tap";
import { allDashboards } from "../grafana/src/all-dashboards.ts";
import { panelQueries, readDashboards, seriesIn } from "./queries.ts";
import { readRules } from "./read-rules.ts";

const dashboards = readDashboards();

t.test("the JSON is what the code makes", async (t) => {
  t.same([...dashboards.keys()].sort(), [...allDashboards.keys()].sort());
  for (const [file, dashboard] of allDashboards) {
    t.strictSame(
      dashboards.get(file),
      JSON.parse(JSON.stringify(dashboard)),
      `${file} is current; if not, run: npm run dashboards`,
    );
  }
});

t.test("one address each, six of them", async (t) => {
  t.same([...dashboards.values()].map(({ uid }) => uid).sort(), [
    "stockwire-alert-worker",
    "stockwire-ingest-worker",
    "stockwire-invoice-worker",
    "stockwire-node",
    "stockwire-overview",
    "stockwire-upload-api",
  ]);
});

t.test("every panel has a title, a description, a unit and a query, and lies inside the grid", async (t) => {
  for (const [file, { panels }] of dashboards) {
    for (const panel of panels.filter(({ type }) => type !== "row")) {
      const name = `${file}: ${panel.title}`;
      t.match(panel.title, /.{4,}/, name);
      t.match(panel.description, /.{15,}\.$/, `${name} has a description`);
      t.match(panel.fieldConfig?.defaults?.unit, /.+/, `${name} has a unit`);
      t.ok((panel.targets?.length ?? 0) > 0, `${name} asks for something`);
      t.ok(panel.gridPos.x + panel.gridPos.w <= 24, `${name} fits`);
    }
  }
});

t.test("a number is of now, a graph of the time shown", async (t) => {
  for (const [file, { panels }] of dashboards) {
    for (const { type, title, targets = [], options } of panels) {
      const stat = type === "stat";
      for (const { instant, range } of targets) {
        t.same({ instant, range }, { instant: stat, range: !stat }, `${file}: ${title}`);
      }
      if (stat) t.equal(options?.graphMode, "none", `${file}: ${title} has no past to draw`);
    }
  }
});

t.test("no replica is a number as well", async (t) => {
  const counts = panelQueries("1m").filter(({ expr }) => /^(sum|count)\(up\{/.test(expr));
  t.equal(counts.length, 4, "one a service");
  for (const { where, expr } of counts) t.match(expr, / or vector\(0\)$/, where);
});

t.test("no two panels overlap", async (t) => {
  for (const [file, { panels }] of dashboards) {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    t.equal(new Set(cells).size, cells.length, file);
  }
});

t.test("panels and rules ask only for series that exist", async (t) => {
  const declared = await createMetrics("upload-api").registry.getMetricsAsJSON();
  const known = new Set(["up", "ALERTS", ...readRules().map(({ name }) => name)]);
  for (const { name, type } of declared) {
    if (String(type) !== "histogram") known.add(name);
    else for (const part of ["_bucket", "_sum", "_count"]) known.add(name + part);
  }
  const asked = [
    ...panelQueries("1m"),
    ...readRules().map(({ name, expr }) => ({ where: `the rule ${name}`, expr })),
  ];
  t.ok(asked.length > 80);
  for (const { where, expr } of asked) {
    const series = seriesIn(expr);
    t.ok(series.length > 0, `${where} asks for a series`, { expr });
    t.same(
      series.filter((name) => !known.has(name)),
      [],
      where,
      { expr },
    );
  }
});

t.test("the names in an expression are found", async (t) => {
  t.same(seriesIn('sum by (queue) (rate(a_total{x="b_total"}[5m] offset 1h)) / on (job) c:d:e'), [
    "a_total",
    "c:d:e",
  ]);
});
