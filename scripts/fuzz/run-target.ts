import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { ThreadReport, ThreadTask } from "./fuzz-thread.ts";
import { createSharedInput } from "./shared-input.ts";
import type { FuzzTarget } from "./target.ts";

export type Outcome =
  | ThreadReport
  | { readonly kind: "hung"; readonly executions: number; readonly input: Buffer }
  | { readonly kind: "died"; readonly executions: number; readonly input: Buffer; readonly cause: string };

/** An input takes milliseconds; a machine with much else to do may make seconds of them. */
const LIMIT_PER_INPUT = 60_000;
/** Far more than the generators and one input need: what grows without end meets it. */
const HEAP_MEGABYTES = 384;
/** Buffers do not count as heap. The readers hold some 64 KiB of a file, the shared input a file. */
const EXTERNAL_BYTES = 128 * 1024 * 1024;

/**
 * Runs a target for a time, in milliseconds. An input that takes longer than a minute, or more heap than 384 MB, ends
 * the run and is in the answer. What is held outside of the heap is looked at after each batch of runs.
 */
export const runTarget = async (
  target: FuzzTarget,
  seed: number,
  budget: number,
  externalLimit = EXTERNAL_BYTES,
): Promise<Outcome> => {
  const counters = new SharedArrayBuffer(8);
  const input = createSharedInput();
  const task: ThreadTask = {
    target: target.name,
    seed,
    budget,
    counters,
    input,
    externalLimit,
  };
  const worker = new Worker(join(import.meta.dirname, "fuzz-thread.ts"), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
  });
  const view = new Int32Array(counters);
  const underWay = () => ({
    executions: view[0] ?? 0,
    input: Buffer.from(new Uint8Array(input, 0, view[1] ?? 0)),
  });
  let last = -1;
  let since = Date.now();
  return new Promise((resolve) => {
    const settle = (outcome: Outcome): void => {
      clearInterval(watch);
      // The thread writes its coverage while it ends.
      void once(worker, "exit").then(() => resolve(outcome));
      if (outcome.kind === "hung") void worker.terminate();
    };
    const watch = setInterval(() => {
      if ((view[0] ?? 0) !== last) {
        last = view[0] ?? 0;
        since = Date.now();
      } else if (last > 0 && Date.now() - since > LIMIT_PER_INPUT) settle({ kind: "hung", ...underWay() });
    }, 500);
    worker.once("message", (report: ThreadReport) => settle(report));
    worker.once("error", (error) => settle({ kind: "died", ...underWay(), cause: String(error) }));
  });
};
