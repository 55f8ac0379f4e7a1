/** Runs one target in a thread of its own, so that an input that never comes to an end can be seen and named. */
import { parentPort, workerData } from "node:worker_threads";
import fc from "fast-check";
import { heldBeyond, measureMemory } from "./measure-memory.ts";
import { shareInput } from "./shared-input.ts";
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
  /** Bytes outside of the heap, Buffers above all, that may be held after a batch. */
  readonly externalLimit: number;
}

export type ThreadReport =
  | {
      readonly kind: "done";
      readonly executions: number;
      readonly peakHeap: number;
      readonly peakExternal: number;
    }
  | {
      readonly kind: "failed";
      readonly executions: number;
      readonly seed: number;
      readonly report: string;
      /** The whole of it, made as small as it could be. */
      readonly input?: Uint8Array;
    };

/** Runs of one seed; each batch has the next one, so that a failure is found again in this many runs. */
const BATCH = 500;

const task = workerData as ThreadTask;
const target = targets.find(({ name }) => name === task.target);
if (target === undefined || parentPort === null) throw new Error(`no target ${task.target}`);
const counters = new Int32Array(task.counters);
const deadline = Date.now() + task.budget;
let peakHeap = 0;
let peakExternal = 0;
let report: ThreadReport | undefined;

const property = fc.asyncProperty(target.arbitrary, async (value) => {
  const bytes = target.bytesOf(value);
  shareInput(task.input, bytes);
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
  const { heap, external } = measureMemory();
  peakHeap = Math.max(peakHeap, heap);
  peakExternal = Math.max(peakExternal, external);
  const held = heldBeyond(task.externalLimit);
  if (details.failed && details.counterexample !== null) {
    const text = fc.defaultReportMessage(details) ?? "";
    const input = Uint8Array.from(target.bytesOf(details.counterexample[0]));
    report = { kind: "failed", executions: counters[0] ?? 0, seed, report: text.slice(0, 6_000), input };
  } else if (held !== undefined) {
    const text = `${Math.round(held / 1e6)} MB outside of the heap are held after ${details.numRuns} runs`;
    report = { kind: "failed", executions: counters[0] ?? 0, seed, report: text };
  }
}
parentPort.postMessage(report ?? { kind: "done", executions: counters[0] ?? 0, peakHeap, peakExternal });
