import { waiting } from "@stockwire/service-kit/errors";
import { createLimiter, type Limiter } from "@stockwire/service-kit/limiter";

/** What is larger is read in a thread of its own, takes hundreds of MB, and keeps others waiting; in bytes. */
const LARGE_BYTES = 64 * 1024;

/** Until a place is free: about what a file of several MB takes. */
const BUSY_SECONDS = 5;

export const isLarge = (bytes: number): boolean => bytes > LARGE_BYTES;

/**
 * Runs the work on large files one at a time, from the first byte read to the last one written, so that never more
 * than one of them is in memory. A few wait here for their turn, holding nothing; what comes beyond `places` is handed
 * back to the queue (a `waiting` WorkError, which no attempt counts), so that small files always find the worker free.
 */
export const createLargeFiles = (places: number): Limiter => {
  const inTurn = createLimiter(1);
  let held = 0;
  return async (work) => {
    if (held >= places) {
      throw waiting("large_files_busy", "other large files are being worked on", BUSY_SECONDS);
    }
    held += 1;
    try {
      return await inTurn(work);
    } finally {
      held -= 1;
    }
  };
};
