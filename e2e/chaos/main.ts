/**
 * The fault suite: seeded runs on the real processes, with faults, each checked against a model. See docs/chaos.md.
 *
 *   npm run chaos -- [--runs N] [--seed S] [--parallel P] [--minutes M] [--full-disk] [--keep]
 *   npm run chaos -- --mutations [NAME …] [--runs N] [--seed S]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMutation, describeRun, summarise } from "./report.ts";
import type { RunResult } from "./run.ts";
import { chosenMutations, type MutationResult, runMutation } from "./run-mutations.ts";
import { runSeeds } from "./run-seeds.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    parallel: { type: "string", default: "1" },
    minutes: { type: "string" },
    mutations: { type: "boolean", default: false },
    "full-disk": { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const root = join(import.meta.dirname, "../..");
const resultsFolder = join(import.meta.dirname, "results");
const [runs, seed, parallel] = [values.runs, values.seed, values.parallel].map(Number) as [
  number,
  number,
  number,
];
const started = Date.now();
const deadline =
  values.minutes === undefined ? Number.POSITIVE_INFINITY : started + Number(values.minutes) * 60_000;

const write = (what: string, figures: unknown): void => {
  mkdirSync(resultsFolder, { recursive: true });
  const file = join(resultsFolder, `${what}-${new Date(started).toISOString().replaceAll(":", "-")}.json`);
  writeFileSync(file, `${JSON.stringify(figures, undefined, 2)}\n`);
  say(`All of it: ${file}`);
};

const runAll = async (): Promise<boolean> => {
  const results: RunResult[] = [];
  let next = seed;
  const one = () =>
    runSeeds(root, {
      next: () => (next < seed + runs && Date.now() < deadline ? next++ : undefined),
      onResult: (result) => {
        results.push(result);
        for (const line of describeRun(result)) say(line);
      },
      fullDisk: values["full-disk"],
      keep: values.keep,
    });
  await Promise.all(Array.from({ length: parallel }, one));
  const summary = summarise(results, (Date.now() - started) / 1_000);
  for (const line of summary.lines) say(line);
  if (!values["full-disk"]) say("Skipped: full disks (--full-disk, as root).");
  write("runs", { ...summary.figures, results });
  return summary.figures.failedSeeds.length === 0;
};

/** Every guard broken, one after the other; each must be noticed within so many runs. */
const runMutations = async (): Promise<boolean> => {
  const results: MutationResult[] = [];
  for (const mutation of chosenMutations(positionals)) {
    const result = await runMutation(root, mutation, {
      seed,
      most: runs,
      onResult: (run) => {
        for (const line of describeRun(run).slice(0, 4)) say(`  ${line}`);
      },
    });
    results.push(result);
    say(describeMutation(result));
  }
  const missed = results.filter(({ runs: needed }) => needed === undefined);
  say(`${results.length - missed.length} of ${results.length} broken guards were noticed`);
  write("mutations", results);
  return missed.length === 0;
};

if (!(await (values.mutations ? runMutations() : runAll()))) process.exitCode = 1;
