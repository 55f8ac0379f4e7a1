import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { benchmarks } from "../benchmarks.ts";
import type { Measured, Results } from "./measured.ts";
import { renderPage } from "./write-page.ts";

const root = join(import.meta.dirname, "../..");
const resultsFile = join(root, "bench/results.json");
/** What people read. */
export const pageFile = join(root, "docs/performance.md");
const findingsFile = (name: string): string => join(root, "bench/findings", `${name}.md`);

/** @throws Error that says how to mend a file that is not what a run had left */
export const readResults = (): Results => {
  if (!existsSync(resultsFile)) return {};
  try {
    const results = JSON.parse(readFileSync(resultsFile, "utf8")) as Results;
    for (const [name, { tables, ratios, about, machine }] of Object.entries(results)) {
      if (![tables, ratios, about, machine].every(Boolean)) throw new Error(`${name} is not whole`);
    }
    return results;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `bench/results.json cannot be read: ${reason}; "git checkout bench/results.json" brings it back`,
    );
  }
};

/** Puts a full run in the place of that benchmark's last one, and writes the page anew. */
export const keepOutcome = (measured: Measured): void => {
  const results = { ...readResults(), [measured.name]: measured };
  const ordered = Object.keys(benchmarks).flatMap((name) => {
    const found = results[name];
    return found === undefined ? [] : [[name, found] as const];
  });
  // Whole or not at all, whenever this is interrupted: nothing else has these figures.
  const written = join(root, "bench/results.new.json");
  writeFileSync(written, format(JSON.stringify(Object.fromEntries(ordered), null, 2), resultsFile));
  renameSync(written, resultsFile);
  writePageFile(results);
};

export const writePageFile = (results: Results): void => writeFileSync(pageFile, pageOf(results));

/** docs/performance.md as it is to be. */
export const pageOf = (results: Results): string =>
  format(
    renderPage(results, {
      names: Object.keys(benchmarks),
      findings: (name) =>
        existsSync(findingsFile(name)) ? readFileSync(findingsFile(name), "utf8") : undefined,
    }),
    pageFile,
  );

/** As everything in the repository is, or the next check would find fault with it. */
const format = (text: string, file: string): string => {
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [biome, "format", `--stdin-file-path=${file}`],
    { cwd: root, encoding: "utf8", input: text, maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`${file} could not be formatted: ${stderr}`);
  return stdout;
};
