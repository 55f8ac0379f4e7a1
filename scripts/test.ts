import { spawn } from "node:child_process";
import { globSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildTap } from "./build-tap.ts";

/** Every test that needs only this machine; `npm test -- FILE …` runs just those. */
const PATTERNS = [
  "packages/*/test/*.test.ts",
  "services/*/test/*.test.ts",
  "scripts/test/*.test.ts",
  "bench/harness/test/*.test.ts",
  "infra/test/*.test.ts",
  "e2e/*.test.ts",
  // The others here need Prometheus: see test:monitoring.
  "docker/test/{dashboards,compose-file,scan-rules}.test.ts",
];

const root = join(import.meta.dirname, "..");
const tap = join(root, "node_modules/tap/dist/esm/run.mjs");
const results = join(root, ".tap/all.tap");

/** Files and assertions, from the TAP that tap wrote besides what it showed. */
const summarise = (text: string): string => {
  const files = { passed: 0, failed: 0 };
  for (const [, not] of text.matchAll(/^(not )?ok \d+/gm)) files[not ? "failed" : "passed"] += 1;
  const totals = /^# (\{ total: .*\})\s*$/m.exec(text)?.[1] ?? "";
  const count = (name: string): number => Number(new RegExp(`${name}: (\\d+)`).exec(totals)?.[1] ?? 0);
  return `${count("pass")} passed, ${count("fail")} failed (${files.passed} of ${files.passed + files.failed} files)`;
};

const readResults = (): string => {
  try {
    return readFileSync(results, "utf8");
  } catch {
    return ""; // tap did not get that far
  }
};

const chosen = process.argv.slice(2);
const files = chosen.length > 0 ? chosen : globSync(PATTERNS, { cwd: root }).sort();
buildTap(tap);
rmSync(results, { force: true });
const child = spawn(
  process.execPath,
  [tap, "run", "--jobs=2", "--reporter=base", `--output-file=${results}`, ...files],
  {
    cwd: root,
    stdio: "inherit",
    // Without a terminal the reporter would write every redraw of its progress display, unless it knows of CI.
    env: { ...process.env, ...(!process.stdout.isTTY && { CI: process.env.CI ?? "true" }) },
  },
);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
process.on("disconnect", () => child.kill("SIGTERM"));
process.channel?.unref();
child.on("exit", (code) => {
  process.stdout.write(`${summarise(readResults())}\n`);
  process.exitCode = code ?? 1;
});
