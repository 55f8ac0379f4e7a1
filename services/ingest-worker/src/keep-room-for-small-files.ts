import type { UploadItem } from "@stockwire/contracts/items";
import { isFinal } from "@stockwire/contracts/receipt";
import { waiting } from "@stockwire/service-kit/errors";
import type { Ending, Progress } from "@stockwire/service-kit/uploads/progress";

type Process = (upload: UploadItem, signal: AbortSignal) => Promise<Ending | undefined>;

/** Some hundred thousand rows: what takes minutes. In bytes. */
const LARGE_BYTES = 4 * 1024 * 1024;

/** A large file takes minutes, so it may wait for another quarter of one. */
const BUSY_SECONDS = 15;

/**
 * Lets large files have half of a worker's places at most, so that a small one always finds one free. What comes beyond that
 * is handed back to the queue (a `waiting` WorkError, which no attempt counts); its receipt says that somebody had it.
 * @param concurrency places in all
 */
export const keepRoomForSmallFiles = (
  process: Process,
  {
    progress,
    concurrency,
    bytesOf,
    largeBytes = LARGE_BYTES,
  }: {
    readonly progress: Progress;
    readonly concurrency: number;
    /** Bytes of the file that is read: an undoing reads that of the load which it undoes. */
    readonly bytesOf: (upload: UploadItem) => Promise<number>;
    readonly largeBytes?: number;
  },
): Process => {
  const places = Math.max(1, Math.floor(concurrency / 2));
  let taken = 0;
  return async (upload, signal) => {
    const hasEnded = isFinal(upload.Status) && upload.Status !== "failed";
    if (hasEnded || (await bytesOf(upload)) <= largeBytes) return process(upload, signal);
    if (taken >= places) {
      await progress.note(upload.UploadId, {});
      throw waiting("large_files_busy", "other large files are being loaded", BUSY_SECONDS);
    }
    taken += 1;
    try {
      return await process(upload, signal);
    } finally {
      taken -= 1;
    }
  };
};
