import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Emphasis } from "./fault-plan.ts";
import { startRecorder } from "./recorder.ts";
import { type RunResult, runOnce } from "./run.ts";
import { mountSmallDisk } from "./small-disk.ts";
import { startSystem } from "./system.ts";

/** A cloud with many runs in it answers its lists more slowly. */
const RUNS_A_CLOUD = 20;

/** Generous, for machines that have other things to do; an idle one takes a few seconds. */
const DRAIN_SECONDS = 300;

/**
 * Runs seeds one after the other. Runs share a cloud and the services, under names of their own, which saves half of
 * the time; after a violation, and after some runs, everything is made anew.
 * @param sources root of the services' sources
 */
export const runSeeds = async (
  sources: string,
  options: {
    /** Undefined: no more. */
    readonly next: () => number | undefined;
    readonly onResult: (result: RunResult) => void;
    /** Longest that a run may take to come to rest; default 300. */
    readonly drainSeconds?: number;
    /** Plans full disks too; throws where this user may not mount one that can be filled. */
    readonly fullDisk?: boolean;
    readonly emphasis?: Emphasis | undefined;
    /** Leaves data and logs behind, as a violation does. */
    readonly keep: boolean;
  },
): Promise<void> => {
  for (let seed = options.next(); seed !== undefined; ) {
    const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "stockwire-chaos-"));
    const dataDir = join(folder, "data");
    mkdirSync(dataDir);
    // Under the emulators' data alone: the suite itself must be able to write its logs.
    const disk = options.fullDisk ? mountSmallDisk(dataDir) : undefined;
    if (options.fullDisk && disk === undefined)
      throw new Error("A full disk takes root, who may mount a small one.");
    const system = await startSystem(sources, { folder, dataDir });
    const recorder = await startRecorder(system.clients, system.environment);
    let failed = false;
    try {
      for (let runs = 0; runs < RUNS_A_CLOUD && seed !== undefined && !failed; runs++) {
        const result = await runOnce(system, recorder, seed, {
          tag: `s${seed}`,
          fillDisk: disk?.fill,
          emphasis: options.emphasis,
          drainSeconds: options.drainSeconds ?? DRAIN_SECONDS,
        });
        failed = result.violations.length > 0;
        options.onResult(result);
        seed = options.next();
      }
    } finally {
      await recorder.stop();
      await system.stop();
      const isKept = failed || options.keep;
      disk?.unmount(isKept);
      if (isKept) process.stdout.write(`Logs of the processes: ${folder}\n`);
      else rmSync(folder, { recursive: true, force: true });
    }
  }
};
