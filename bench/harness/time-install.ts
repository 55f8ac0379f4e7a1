import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, glob, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { figure } from "./format.ts";

const ROOT = join(import.meta.dirname, "../..");
/** All that npm reads. */
const FILES = [
  "package.json",
  "package-lock.json",
  ".npmrc",
  "*/package.json",
  "{packages,services}/*/package.json",
];
const PATIENCE_MS = 10 * 60_000;
/** Of what npm says when it fails. */
const REASON_LENGTH = 120;

/** @returns seconds of `npm ci` in a fresh directory, or why they are not known: a registry out of reach fails no benchmark */
export const timeInstall = async (say: (line: string) => void, npm = "npm"): Promise<string> => {
  say("npm ci");
  const folder = await mkdtemp(join(tmpdir(), "stockwire-install-"));
  try {
    for await (const file of glob(FILES, { cwd: ROOT, exclude: ["**/node_modules/**"] })) {
      await cp(join(ROOT, file), join(folder, file));
    }
    const started = performance.now();
    const child = spawn(npm, ["ci", "--prefer-offline", "--no-audit", "--no-fund"], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
      timeout: PATIENCE_MS,
    });
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    const [code, signal] = await once(child, "close");
    if (code === 0) return figure((performance.now() - started) / 1000);
    const lines = complaint.split("\n").filter((line) => line.startsWith("npm error"));
    return `not measured: ${(lines[0] ?? `npm ended with ${signal ?? code}`).slice(0, REASON_LENGTH)}`;
  } catch (error) {
    return `not measured: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
