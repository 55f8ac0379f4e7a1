/**
 * Runs a script of this project under its own Node 24, installing the dependencies first where they are missing
 * or out of date. Plain JavaScript for any Node from 18 on: it is all that runs before the install.
 *
 *   node scripts/with-dependencies.mjs scripts/start.ts [arguments]
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = join(root, "node_modules", ".bin");
const node = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");

const fail = (message) => {
  console.error(message);
  process.exit(1);
};

const readPackages = (file) => {
  try {
    return JSON.parse(readFileSync(join(root, file), "utf8")).packages;
  } catch {
    return undefined;
  }
};

/**
 * npm writes node_modules/.package-lock.json as the last step of an install, so one that was cut short is seen
 * as missing or old, and done again. Optional packages may be absent: most are for other platforms.
 */
const isInstalled = () => {
  const wanted = readPackages("package-lock.json");
  const present = readPackages("node_modules/.package-lock.json");
  if (!wanted) fail("package-lock.json is missing or unreadable.");
  if (!present || !existsSync(node)) return false;
  return Object.entries(wanted).every(([path, { version, integrity, link, optional, devOptional }]) => {
    if (!path.includes("node_modules/")) return true;
    const found = present[path];
    if (!found) return Boolean(optional || devOptional);
    return link || (found.version === version && found.integrity === integrity);
  });
};

const install = () => {
  console.error("Installing dependencies (npm ci) …");
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: ["ignore", "inherit", "inherit"], shell: process.platform === "win32" };
  const done = npm?.endsWith(".js")
    ? spawnSync(process.execPath, [npm, "ci"], { ...options, shell: false })
    : spawnSync("npm", ["ci"], options);
  if (done.status !== 0) fail("npm ci failed; its own message stands above.");
};

if (!isInstalled()) install();
const probe = spawnSync(node, ["--version"], { encoding: "utf8" });
if (!probe.stdout?.startsWith("v24.")) {
  fail(
    "Node 24 from the npm package `node` is not there: allow its install script and run `npm rebuild node`.",
  );
}

const child = spawn(node, process.argv.slice(2), {
  cwd: root,
  // The channel tells the script when this process is gone, killed or not.
  stdio: ["inherit", "inherit", "inherit", "ipc"],
  env: { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));

/** The parent of a process; undefined where the system does not tell so simply. */
const parentOf = (pid) => {
  try {
    return /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  } catch {
    return undefined;
  }
};

// Started by npm, directly or through the shell that npm uses. npm may be killed, and its shell would not pass
// that on: then nobody is left to stop the script.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  const grandparent = parentOf(parent);
  setInterval(() => {
    if (process.ppid !== parent || parentOf(parent) !== grandparent) child.kill("SIGTERM");
  }, 1000).unref();
}
