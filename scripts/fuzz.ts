/**
 * Feeds the readers of inventory files and invoices with generated and damaged files, and holds what must hold for any
 * of them: see the check of each target. Fails on the first thing found, and says how to find it again.
 *
 *   npm run fuzz -- --seconds 600 --seed 7 --target inventory --coverage
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readCoverage } from "./fuzz/coverage.ts";
import { type Outcome, runTarget } from "./fuzz/run-target.ts";
import { targets } from "./fuzz/targets.ts";

const root = join(import.meta.dirname, "..");
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string" },
    target: { type: "string" },
    coverage: { type: "boolean", default: false },
  },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target);
if (!(seconds > 0) || !Number.isSafeInteger(seed) || chosen.length === 0) {
  print(`--seconds N, --seed N, --target ${targets.map(({ name }) => name).join("|")}, --coverage`);
  process.exit(2);
}

const again = (name: string, from: number): string => `npm run fuzz -- --target ${name} --seed ${from}`;

/** Keeps the input that ended a run, for whoever looks into it. */
const keep = (name: string, input: Uint8Array): string => {
  const file = join(mkdtempSync(join(tmpdir(), "stockwire-fuzz-")), name);
  writeFileSync(file, input);
  return file;
};

const describe = (name: string, outcome: Outcome): string => {
  switch (outcome.kind) {
    case "done":
      return `${name}: nothing found; heap at most ${Math.round(outcome.peakHeap / 1e6)} MB, besides it ${Math.round(outcome.peakExternal / 1e6)} MB`;
    case "failed": {
      const kept = outcome.input === undefined ? "" : `\nits input: ${keep(name, outcome.input)}`;
      return `${name}: FAILED\n${outcome.report}\nagain: ${again(name, outcome.seed)}${kept}`;
    }
    case "hung":
      return `${name}: an input took more than a minute: ${keep(name, outcome.input)}`;
    case "died":
      return `${name}: ${outcome.cause} at ${keep(name, outcome.input)}`;
  }
};

const fuzz = async (): Promise<void> => {
  for (const target of chosen) {
    const started = performance.now();
    const outcome = await runTarget(target, seed, (seconds * 1_000) / chosen.length);
    const took = (performance.now() - started) / 1_000;
    const rate = Math.round(outcome.executions / took);
    print(
      `${target.name}: ${outcome.executions} executions in ${took.toFixed(0)} s (${rate}/s), seed ${seed}`,
    );
    print(describe(target.name, outcome));
    if (outcome.kind !== "done") process.exitCode = 1;
  }
};

/** Coverage is written by V8 when a process ends, so one of its own does the fuzzing. */
const fuzzWithCoverage = (): void => {
  const directory = mkdtempSync(join(tmpdir(), "stockwire-fuzz-coverage-"));
  const options = process.argv.slice(2).filter((option) => option !== "--coverage");
  const { status } = spawnSync(process.execPath, [import.meta.filename, ...options], {
    stdio: "inherit",
    env: { ...process.env, NODE_V8_COVERAGE: directory },
  });
  process.exitCode = status ?? 1;
  for (const { name, sources } of chosen) {
    const files = readCoverage(directory, root, sources);
    const sum = (key: "lines" | "covered"): number => files.reduce((total, file) => total + file[key], 0);
    print(`${name}: ${sum("covered")} of ${sum("lines")} lines ran`);
    for (const { file, lines, covered } of files) {
      print(`  ${`${((100 * covered) / Math.max(lines, 1)).toFixed(0)} %`.padStart(5)}  ${file}`);
    }
  }
  rmSync(directory, { recursive: true, force: true });
};

if (values.coverage) fuzzWithCoverage();
else await fuzz();
