import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { benchmarks } from "../benchmarks.ts";
import type { Measured, Results } from "./measured.ts";
import { renderPage } from "./write-page.ts";

const root = join(import.meta.dirname, "../..");
const resultsFile = join(root, "bench/results.json");
const pageFile = join(root, "docs/performance.md");
const findingsFile = (name: string): string => join(root, "bench/findings", `${name}.md`);

export const readResults = (): Results =>
  existsSync(resultsFile) ? (JSON.parse(readFileSync(resultsFile, "utf8")) as Results) : {};

/** Puts a full run in the place of that benchmark's last one, and writes the page anew. */
export const keepOutcome = (measured: Measured): void => {
  const results = { ...readResults(), [measured.name]: measured };
  const ordered = Object.keys(benchmarks).flatMap((name) => {
    const found = results[name];
    return found === undefined ? [] : [[name, found] as const];
  });
  writeFileSync(resultsFile, `${JSON.stringify(Object.fromEntries(ordered), null, 2)}\n`);
  format(resultsFile);
  writePageFile(results);
};

export const writePageFile = (results: Results): void => {
  const page = renderPage(results, {
    names: Object.keys(benchmarks),
    findings: (name) =>
      existsSync(findingsFile(name)) ? readFileSync(findingsFile(name), "utf8") : undefined,
  });
  writeFileSync(pageFile, page);
  format(pageFile);
};

/** As everything in the repository is, or the next check would find fault with it. */
const format = (file: string): void => {
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const { status, stderr } = spawnSync(process.execPath, [biome, "format", "--write", file], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${file} could not be formatted: ${stderr}`);
};
