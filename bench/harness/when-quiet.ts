import { setTimeout as pause } from "node:timers/promises";
import { whileWatching } from "./processes.ts";

const LOOK_MS = 500;
/** Of a core: what a database takes that is only asked whether there is anything new. */
const QUIET = 0.25;
/** In a row: between two heaps of work there may be a pause. */
const LOOKS = 3;

/**
 * Resolves when a process has nothing to do any more. A round leaves work behind its end, such as the stream of what it has
 * written, which would slow down whoever comes next.
 * @throws Error where that takes longer than three minutes
 */
export const whenQuiet = async (pid: number, patienceSeconds = 180): Promise<void> => {
  const deadline = performance.now() + patienceSeconds * 1_000;
  for (let quiet = 0; quiet < LOOKS; ) {
    const { seconds, cpu } = await whileWatching({ it: pid }, () => pause(LOOK_MS));
    quiet = (cpu.it ?? 0) / seconds < QUIET ? quiet + 1 : 0;
    if (performance.now() > deadline) throw new Error(`process ${pid} did not come to rest`);
  }
};
