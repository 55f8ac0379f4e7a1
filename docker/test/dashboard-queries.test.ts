import { join } from "node:path";
import t from "tap";
import { panelQueries } from "./queries.ts";
import { runPromtool } from "./run-promtool.ts";

/** A rule file that records each query; promtool reads rules only, and parses their expressions. */
const asRules = (queries: readonly string[]): string =>
  JSON.stringify({
    groups: [{ name: "queries", rules: queries.map((expr, index) => ({ record: `query_${index}`, expr })) }],
  });

t.test("every query of every panel is PromQL", async (t) => {
  const queries = panelQueries("1m").map(({ expr }) => expr);
  const { ok, output } = runPromtool(
    "check",
    "rules",
    join(t.testdir({ "queries.json": asRules(queries) }), "queries.json"),
  );
  t.ok(ok, `${queries.length} queries`, { output });
});

t.test("what is not PromQL is noticed", async (t) => {
  const folder = t.testdir({ "queries.json": asRules(["sum(up)", "sum by (job (up)"]) });
  t.notOk(runPromtool("check", "rules", join(folder, "queries.json")).ok);
});
