import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
/** In node_modules, because an install undoes the build. */
const STAMP = join(root, "node_modules/.tap-built");

/** Builds tap with our plugin list, which takes seconds, unless that was done since the last install. */
export const buildTap = (tap: string): void => {
  const { tap: settings, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const wanted = createHash("sha256")
    .update(JSON.stringify([settings.plugin, devDependencies.tap]))
    .digest("hex");
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted) return;
  const built = spawnSync(process.execPath, [tap, "build"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (built.status !== 0) throw new Error("tap build failed; its own message stands above.");
  writeFileSync(STAMP, wanted);
};
