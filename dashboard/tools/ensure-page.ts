import { execFile } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";

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
 * @param dashboard the workspace
 * @returns the directory with `index.html`
 * @throws Error of one line where it cannot be built
 */
export const ensurePage = async (dashboard = join(import.meta.dirname, "..")): Promise<string> => {
  const page = join(dashboard, "dist");
  const built = changedAt(join(page, "index.html"));
  const changed = Math.max(...SOURCES.map((path) => newestBelow(join(dashboard, path))));
  if (built > 0 && built >= changed) return page;
  const build = promisify(execFile)(process.execPath, [join(dashboard, "tools/build.ts")], {
    cwd: dashboard,
  });
  await build.catch((cause: { stdout?: string; stderr?: string; message: string }) => {
    const reason = reasonIn(`${cause.stderr}\n${cause.stdout}`) ?? cause.message;
    throw new Error(`The page could not be built: ${reason}.`, { cause });
  });
  return page;
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

/** What Vite writes above each error, and beside the place in the source. */
const HEADING = /^Build failed with \d+ errors?:$/;
const PLACE = /^╭─\[ (.+) \]$/;

/** What was wrong, in one line. */
const reasonIn = (output: string): string | undefined => {
  const lines = stripVTControlCharacters(output)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const heading = lines.findIndex((line) => HEADING.test(line));
  if (heading === -1) return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1);
  const [reason, below = ""] = lines.slice(heading + 1);
  const [, place] = PLACE.exec(below) ?? [];
  return reason && (place ? `${reason.replace(/\.$/, "")} (${place})` : reason.replace(/\.$/, ""));
};
