/** Looks for secrets in every file that git knows: with secretlint's recommended rules, and for keys of our own. */
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "./supply-chain/lockfile.ts";
import { findOwnKeys } from "./supply-chain/own-keys.ts";

const listed = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
  maxBuffer: 64 * 1024 * 1024,
});
const files = listed.stdout.split("\0").filter((file) => {
  const stat = file === "" ? undefined : statSync(join(root, file), { throwIfNoEntry: false });
  return stat?.isFile() ?? false;
});
const own = files.flatMap((file) =>
  findOwnKeys(readFileSync(join(root, file), "utf8")).map((line) => `${file}:${line}: an API key`),
);
for (const found of own) console.error(found);

const linted = spawnSync(
  join(root, "node_modules/.bin/secretlint"),
  ["--maskSecrets", "--no-glob", ...files],
  {
    cwd: root,
    stdio: "inherit",
  },
);
console.log(`${files.length} files looked at`);
if (own.length > 0 || linted.status !== 0) process.exitCode = 1;
