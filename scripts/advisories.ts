/**
 * Holds the lockfile against the advisories in scripts/supply-chain/advisories.json, without a network, and asks npm's
 * audit too where that answers. Lists what is deprecated and what runs a script when it is installed.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findVulnerable, type Snapshot } from "./supply-chain/advisories.ts";
import { readLockfile, root } from "./supply-chain/lockfile.ts";

const AUDIT_MILLISECONDS = 30_000;

const snapshot = JSON.parse(
  readFileSync(join(import.meta.dirname, "supply-chain/advisories.json"), "utf8"),
) as Snapshot;
const packages = readLockfile();
const found = findVulnerable(packages, snapshot);

console.log(`${snapshot.advisories.length} advisories of ${snapshot.date} (${snapshot.source})`);
for (const { id, path, version, severity, summary } of found) {
  console.error(`${severity}: ${path} ${version}: ${id}: ${summary}`);
}
for (const { id, reason } of snapshot.ignored) console.log(`ignored: ${id}: ${reason}`);
for (const { path, deprecated } of packages)
  if (deprecated) console.log(`deprecated: ${path}: ${deprecated}`);
for (const { path, hasInstallScript } of packages)
  if (hasInstallScript) console.log(`install script: ${path}`);
console.log(`${packages.length} packages, ${found.length} with a known vulnerability`);
if (found.length > 0) process.exitCode = 1;

const { stdout } = spawnSync("npm", ["audit", "--json"], {
  cwd: root,
  encoding: "utf8",
  timeout: AUDIT_MILLISECONDS,
});
const audit = readAudit(stdout);
if (audit === undefined) console.log("npm audit: no answer, so only the snapshot counts");
else {
  console.log(
    `npm audit: ${audit.total} vulnerabilities, ${audit.high + audit.critical} of them high or critical`,
  );
  if (audit.high + audit.critical > 0) process.exitCode = 1;
}

/** Undefined where the registry does not answer such questions. */
function readAudit(text: string | null): { total: number; high: number; critical: number } | undefined {
  try {
    return JSON.parse(text ?? "").metadata?.vulnerabilities;
  } catch {
    return undefined;
  }
}
