import { execFile } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const dashboard = join(import.meta.dirname, "..");
/** Where the built page lies. */
const PAGE = join(dashboard, "dist");
/** What the page is made of; relative to `dashboard`. */
const SOURCES = [
  "index.html",
  "package.json",
  "vite.config.ts",
  "src",
  "public",
  "tools",
  "../packages/contracts/src",
];

/**
 * Builds the page where it is missing or older than what it is made of.
 * @returns the directory with `index.html`
 * @throws Error of one line where it cannot be built
 */
export const ensurePage = async (): Promise<string> => {
  const built = changedAt(join(PAGE, "index.html"));
  const changed = Math.max(...SOURCES.map((path) => newestBelow(join(dashboard, path))));
  if (built > 0 && built >= changed) return PAGE;
  const build = promisify(execFile)(process.execPath, [join(dashboard, "tools/build.ts")], {
    cwd: dashboard,
  });
  await build.catch((cause: { stdout?: string; stderr?: string; message: string }) => {
    const reason = reasonIn(`${cause.stderr}\n${cause.stdout}`) ?? cause.message;
    throw new Error(`The page could not be built: ${reason}.`, { cause });
  });
  return PAGE;
};

/** Milliseconds; 0 where there is nothing. */
const changedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Directories count too: what is taken away changes them. */
const newestBelow = (path: string): number => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found?.mtimeMs ?? 0;
  const inside = readdirSync(path, { recursive: true, encoding: "utf8" });
  return Math.max(found.mtimeMs, ...inside.map((name) => changedAt(join(path, name))));
};

/** The line that says what was wrong. */
const reasonIn = (output: string): string | undefined => {
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.find((line) => /error/i.test(line)) ?? lines.at(-1);
};
