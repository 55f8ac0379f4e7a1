import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** This thread's memory in bytes. */
export interface Memory {
  readonly heap: number;
  /** What lies outside of the heap, which V8's own limit does not see: Buffers above all. */
  readonly external: number;
}

export const measureMemory = (): Memory => {
  const { heapUsed: heap, external, arrayBuffers } = process.memoryUsage();
  // Mostly `external` holds the Buffers, too; which of the two lags behind depends on the version.
  return { heap, external: Math.max(external, arrayBuffers) };
};

const collectGarbage = (): void => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  // Buffers are given back in the background; the second time waits for the first.
  collect();
  collect();
};

/**
 * Whether more than `limit` bytes outside of the heap are held: garbage does not count.
 * @returns how many; undefined where it is within the limit
 */
export const heldBeyond = (limit: number): number | undefined => {
  if (measureMemory().external <= limit) return undefined;
  collectGarbage();
  const { external } = measureMemory();
  return external > limit ? external : undefined;
};
