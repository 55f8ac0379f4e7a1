import { spawnSync } from "node:child_process";
import { closeSync, cpSync, openSync, renameSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A disk that can be filled up without harm to anything else. */
export interface SmallDisk {
  /** Fills it to the last byte for so long. */
  readonly fill: (milliseconds: number) => Promise<void>;
  /** @param isKept leaves what lies on it in the folder that it was mounted over */
  readonly unmount: (isKept: boolean) => void;
}

const SIZE = "512m";
const CHUNK = Buffer.alloc(64 * 1024);

/** Mounts a small file system in memory over `folder`; undefined where this user may not. */
export const mountSmallDisk = (folder: string): SmallDisk | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE}`, "stockwire-chaos", folder]);
  if (mounted.status !== 0) return undefined;
  return {
    fill: async (milliseconds) => {
      const file = join(folder, "ballast");
      const descriptor = openSync(file, "w");
      try {
        while (statfsSync(folder).bavail > 0) writeSync(descriptor, CHUNK);
      } catch {
        // ENOSPC: that is what it is for.
      } finally {
        closeSync(descriptor);
      }
      await sleep(milliseconds);
      rmSync(file, { force: true });
    },
    unmount: (isKept) => {
      const copy = `${folder}.copy`;
      if (isKept) cpSync(folder, copy, { recursive: true });
      spawnSync("umount", ["-l", folder]);
      if (isKept) renameSync(copy, folder);
    },
  };
};
