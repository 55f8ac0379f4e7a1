import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { benchmarks } from "../benchmarks.ts";
import type { Extent } from "./benchmark.ts";
import { describeMachine, loadNow } from "./describe-machine.ts";
import type { Measured } from "./measured.ts";
import { killDescendants, killWithDescendants } from "./processes.ts";

const self = fileURLToPath(import.meta.url);

/** Several times what any of them takes on a busy machine: one that is not done by then hangs. */
const DEADLINE_MS = { short: 15 * 60_000, full: 90 * 60_000 } as const;

const ENDING_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a benchmark in a process of its own: none finds the variables, the heap or the compiled code of the one before.
 * What it says goes to standard error. After the deadline it is killed with everything that it has started, and so it is
 * on a signal, which then ends this process too. Its temporary files, and those of all that it starts, lie in one
 * directory, which is removed when it has ended, however it has; but for a library that the JVM of DynamoDB Local unpacks
 * where it likes, and removes itself unless it is killed.
 * @throws Error when a result was wrong, or the process did not get to its end in time
 */
export const runApart = async (
  name: string,
  extent: Extent,
  deadlineMs: number = DEADLINE_MS[extent],
): Promise<Measured> => {
  const folder = await mkdtemp(join(tmpdir(), "stockwire-bench-"));
  let measured: Measured | undefined;
  let cutShort: "late" | NodeJS.Signals | undefined;
  // JSON would make null of a figure that is no number, and null is under every floor.
  const child = fork(self, [name, extent, folder], {
    serialization: "advanced",
    env: { ...process.env, TMPDIR: folder },
  });
  child.on("message", (message) => {
    measured = message as Measured;
  });
  const cutOff = (why: "late" | NodeJS.Signals): void => {
    cutShort ??= why;
    // Without a number it never began; 0 would be this process's own group.
    if (child.pid !== undefined) void killWithDescendants(child.pid);
  };
  for (const signal of ENDING_SIGNALS) process.on(signal, cutOff);
  const deadline = setTimeout(cutOff, deadlineMs, "late");
  const [code, signal] = await once(child, "exit").finally(() => {
    clearTimeout(deadline);
    for (const each of ENDING_SIGNALS) process.off(each, cutOff);
  });
  await removeFolder(folder).catch((error: unknown) => console.error(`${folder} is left behind:`, error));
  if (cutShort === "late")
    throw new Error(`the benchmark was not done after ${deadlineMs / 1000} s and was killed`);
  if (cutShort !== undefined) process.exit(128 + constants.signals[cutShort]);
  if (code !== 0 || measured === undefined) {
    throw new Error(`the benchmark ended with ${signal ?? code}; its own words stand above`);
  }
  return measured;
};

/** Who writes there may take a moment to end. */
const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

const run = async (name: string, extent: Extent): Promise<Measured> => {
  const found = await benchmarks[name]?.();
  if (found === undefined) throw new Error(`no benchmark is called ${name}`);
  const { title, about, run } = found.benchmark;
  const machine = await describeMachine();
  const started = performance.now();
  const outcome = await run(extent, (line) => console.error(`${name}: ${line}`));
  const seconds = Math.round((performance.now() - started) / 1000);
  const at = new Date().toISOString();
  return {
    name,
    title,
    about,
    at,
    seconds,
    extent,
    machine: { ...machine, loadAtEnd: loadNow() },
    ...outcome,
  };
};

if (import.meta.main) {
  const [name = "", extent, folder] = process.argv.slice(2);
  let isStopping = false;
  const stop = async (): Promise<void> => {
    isStopping = true;
    await killDescendants(process.pid);
    // Whoever started this may be gone, and remove nothing any more.
    if (folder !== undefined) await removeFolder(folder);
    process.exit(1);
  };
  for (const event of ["disconnect", ...ENDING_SIGNALS]) process.once(event, stop);
  try {
    const measured = await run(name, extent === "full" ? "full" : "short");
    process.send?.(measured, () => process.exit(0));
  } catch (error) {
    // What fails now fails because its parts were ended.
    if (!isStopping) {
      console.error(error);
      process.exit(1);
    }
  }
}
