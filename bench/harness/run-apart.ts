import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { benchmarks } from "../benchmarks.ts";
import type { Extent } from "./benchmark.ts";
import { describeMachine, loadNow } from "./describe-machine.ts";
import type { Measured } from "./measured.ts";
import { killWithDescendants } from "./processes.ts";

const self = fileURLToPath(import.meta.url);

/** Several times what any of them takes on a busy machine: one that is not done by then hangs. */
const DEADLINE_MS = { short: 15 * 60_000, full: 90 * 60_000 } as const;

/**
 * Runs a benchmark in a process of its own: none finds the variables, the heap or the compiled code of the one before.
 * What it says goes to standard error. After the deadline it is killed with everything that it has started.
 * @throws Error when a result was wrong, or the process did not get to its end in time
 */
export const runApart = async (
  name: string,
  extent: Extent,
  deadlineMs: number = DEADLINE_MS[extent],
): Promise<Measured> => {
  // JSON would make null of a figure that is no number, and null is under every floor.
  const child = fork(self, [name, extent], { serialization: "advanced" });
  let measured: Measured | undefined;
  child.on("message", (message) => {
    measured = message as Measured;
  });
  let isLate = false;
  const deadline = setTimeout(async () => {
    isLate = true;
    await killWithDescendants(child.pid ?? 0);
  }, deadlineMs);
  const [code, signal] = await once(child, "exit");
  clearTimeout(deadline);
  if (isLate) throw new Error(`the benchmark was not done after ${deadlineMs / 1000} s and was killed`);
  if (code !== 0 || measured === undefined) {
    throw new Error(`the benchmark ended with ${signal ?? code}; its own words stand above`);
  }
  return measured;
};

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
  // Whoever wanted the figures is gone.
  process.on("disconnect", () => process.exit(1));
  const [name = "", extent] = process.argv.slice(2);
  try {
    const measured = await run(name, extent === "full" ? "full" : "short");
    process.send?.(measured, () => process.exit(0));
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}
