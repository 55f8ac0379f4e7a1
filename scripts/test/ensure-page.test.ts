import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import t, { type Test } from "tap";
import { ensurePage } from "../../dashboard/tools/ensure-page.ts";

const tools = join(import.meta.dirname, "../../dashboard/tools");
const read = (name: string): string => readFileSync(join(tools, name), "utf8");

/** A workspace that the real build builds, below this repository so that it finds Vite. */
const workspace = (t: Test, main: string): string =>
  join(
    t.testdir({
      dashboard: {
        "index.html": '<!doctype html><title>Page</title><script type="module" src="/src/main.ts"></script>',
        src: { "main.ts": main },
        tools: { "build.ts": read("build.ts"), "compress-files.ts": read("compress-files.ts") },
      },
      packages: { contracts: { src: { "shape.ts": "export const shape = 1;\n" } } },
    }),
    "dashboard",
  );
const builtAt = (dashboard: string): number => statSync(join(dashboard, "dist/index.html")).mtimeMs;
const inAMinute = (): Date => new Date(Date.now() + 60_000);

t.test("the page is built where it is missing or older than any of its sources", async (t) => {
  const dashboard = workspace(t, 'document.title = "first";\n');
  t.equal(await ensurePage(dashboard), join(dashboard, "dist"));
  const first = builtAt(dashboard);
  await ensurePage(dashboard);
  t.equal(builtAt(dashboard), first, "not where nothing has changed");
  for (const source of ["src/main.ts", "index.html", "../packages/contracts/src/shape.ts", "src"]) {
    const before = builtAt(dashboard);
    // A page from the past, made of what has just changed.
    const past = new Date(before - 3_600_000);
    utimesSync(join(dashboard, "dist/index.html"), past, past);
    utimesSync(join(dashboard, source), inAMinute(), inAMinute());
    await ensurePage(dashboard);
    t.ok(builtAt(dashboard) >= before, source);
    utimesSync(join(dashboard, source), past, past);
  }
});

t.test("what was wrong is said in one line, with its place", async (t) => {
  for (const [main, reason] of [
    ["const a = ;", /Unexpected token \(src\/main\.ts:1:\d+\)\.$/],
    [
      'import "./nothing.ts";',
      /Could not resolve '\.\/nothing\.ts' in src\/main\.ts \(src\/main\.ts:1:\d+\)\.$/,
    ],
  ] as const) {
    const { message } = await ensurePage(workspace(t, main)).catch((error) => error);
    t.match(message, /^The page could not be built: /);
    t.match(message, reason);
    t.notMatch(message, /\n|Build failed/);
    t.equal(message, stripVTControlCharacters(message), "without colours");
  }
  const dashboard = workspace(t, "");
  writeFileSync(join(dashboard, "tools/build.ts"), 'import "no-such-package";\n');
  await t.rejects(ensurePage(dashboard), {
    message: /^The page could not be built: Error [^\n]*Cannot find package 'no-such-package'[^\n]*$/,
  });
});
