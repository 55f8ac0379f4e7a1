import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
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
    for (const [name, measured] of Object.entries(results)) {
      if (!isWhole(measured)) throw new Error(`${name} is not what a run writes`);
    }
    return results;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `bench/results.json cannot be read: ${reason}; "git checkout bench/results.json" brings it back`,
    );
  }
};

/** What the page would stumble over. */
const isWhole = ({ title, about, at, tables, ratios, machine }: Partial<Measured>): boolean =>
  [title, about, at].every((text) => typeof text === "string") &&
  Array.isArray(tables) &&
  Array.isArray(ratios) &&
  ratios.every(({ value, spread }) => typeof value === "number" && spread?.length === 2) &&
  typeof machine === "object";

/** Puts a full run in the place of that benchmark's last one, and writes the page anew. */
export const keepOutcome = (measured: Measured): void => {
  const results = { ...readResults(), [measured.name]: measured };
  const ordered = Object.keys(benchmarks).flatMap((name) => {
    const found = results[name];
    return found === undefined ? [] : [[name, found] as const];
  });
  replaceFile(resultsFile, format(JSON.stringify(Object.fromEntries(ordered), null, 2), resultsFile));
  writePageFile(results);
};

/** @throws Error where there are no results: the page of none would have nobody's figures */
export const writePageFile = (results: Results): void => {
  if (Object.keys(results).length === 0) {
    throw new Error(
      'bench/results.json has no results; "git checkout bench/results.json" brings them back, npm run bench measures them anew',
    );
  }
  replaceFile(pageFile, pageOf(results));
};

/** Whole or not at all, whenever this is interrupted. */
const replaceFile = (file: string, text: string): void => {
  const written = join(root, "bench", `${basename(file)}.new`);
  writeFileSync(written, text);
  try {
    renameSync(written, file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${file} could not be replaced: ${reason}; what it was to become is in ${written}`);
  }
};

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
