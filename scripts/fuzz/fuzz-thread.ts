/** Runs one target in a thread of its own, so that an input that never comes to an end can be seen and named. */
import { parentPort, workerData } from "node:worker_threads";
import fc from "fast-check";
import { targets } from "./targets.ts";

export interface ThreadTask {
  readonly target: string;
  readonly seed: number;
  /** Milliseconds. */
  readonly budget: number;
  /** Executions begun, and the length of the input under way. */
  readonly counters: SharedArrayBuffer;
  /** The input under way. */
  readonly input: SharedArrayBuffer;
}

export type ThreadReport =
  | { readonly kind: "done"; readonly executions: number; readonly peakHeap: number }
  | { readonly kind: "failed"; readonly executions: number; readonly seed: number; readonly report: string };

/** Runs of one seed; each batch has the next one, so that a failure is found again in this many runs. */
const BATCH = 500;

const task = workerData as ThreadTask;
const target = targets.find(({ name }) => name === task.target);
if (target === undefined || parentPort === null) throw new Error(`no target ${task.target}`);
const counters = new Int32Array(task.counters);
const input = new Uint8Array(task.input);
const deadline = Date.now() + task.budget;
let peakHeap = 0;
let report: ThreadReport | undefined;

const property = fc.asyncProperty(target.arbitrary, async (value) => {
  const bytes = target.bytesOf(value).subarray(0, input.length);
  input.set(bytes);
  counters[1] = bytes.length;
  Atomics.add(counters, 0, 1);
  await target.check(value);
});

for (let seed = task.seed; Date.now() < deadline && report === undefined; seed++) {
  const details = await fc.check(property, {
    seed,
    numRuns: BATCH,
    interruptAfterTimeLimit: Math.max(deadline - Date.now(), 1),
  });
  peakHeap = Math.max(peakHeap, process.memoryUsage().heapUsed);
  if (details.failed && details.counterexample !== null) {
    const text = fc.defaultReportMessage(details) ?? "";
    report = { kind: "failed", executions: counters[0] ?? 0, seed, report: text.slice(0, 6_000) };
  }
}
parentPort.postMessage(report ?? { kind: "done", executions: counters[0] ?? 0, peakHeap });
