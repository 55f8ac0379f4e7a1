import { totalmem } from "node:os";

/** The largest invoice that is read at all, 16 MiB with 200,000 items, needs less than 200. */
const MOST_MEGABYTES = 512;

/**
 * Heap that the parser's thread may take, in megabytes: three eighths of the container's memory. The rest is for what
 * the process itself makes of the reading, and for what lies outside of heaps. A file that outgrows this is rejected;
 * without a limit the kernel would end the worker, and with it every other file in work.
 * @param memory bytes that the process may use
 */
export const parserHeapMegabytes = (memory = memoryLimit()): number =>
  Math.min(MOST_MEGABYTES, Math.floor((memory * 3) / 8 / 1024 / 1024));

/** The container's limit, or the machine's memory where there is none: Node then says 0, or more than there is. */
const memoryLimit = (): number => {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
};
