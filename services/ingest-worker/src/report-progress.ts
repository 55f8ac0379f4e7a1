import type { Checkpoint, UploadItem } from "@stockwire/contracts/items";
import type { RowCounts } from "@stockwire/contracts/receipt";
import { waiting } from "@stockwire/service-kit/errors";
import type { Progress } from "@stockwire/service-kit/uploads/progress";
import type { Boundary } from "./file/parse-records.ts";
import type { LoadJob } from "./load-job.ts";

/** Shows in the receipt how far a load is, and leaves the places from which another attempt can go on. */
export interface LoadProgress {
  /** The first pass: bytes read so far. */
  readonly reading: (bytes: number) => Promise<void>;
  /** The second pass: rows done so far, in the middle of a block. */
  readonly moving: (rows: RowCounts) => Promise<void>;
  /**
   * The second pass: everything before `next` is in the table. Throws a `waiting` WorkError when the message has been
   * held for so long that SQS is about to hand it to somebody else; whoever gets it goes on from here.
   */
  readonly loaded: (rows: RowCounts, next: Boundary, warnings: Checkpoint["Warnings"]) => Promise<void>;
}

/** Each report is a write; a person who looks on does not see more. */
const INTERVAL_MS = 1_000;
/** SQS developer guide, "visibility timeout": twelve hours from the receipt at most, however often it is prolonged. */
const HAND_ON_AFTER_MS = 10 * 3_600_000;

/** @param handOnAfter milliseconds from now */
export const createLoadProgress = (
  progress: Progress,
  { upload, file }: LoadJob,
  handOnAfter = HAND_ON_AFTER_MS,
): LoadProgress => {
  const started = performance.now();
  const isDue = everySoOften();
  const isCheckpointDue = everySoOften();
  let shown = upload.BytesDone ?? 0;
  /** Each of the two passes counts half, and what was shown before a restart is not taken back. */
  const bytesDone = (bytesOfBoth: number): Pick<UploadItem, "BytesDone"> => {
    shown = Math.max(shown, Math.floor(bytesOfBoth / 2));
    return { BytesDone: shown };
  };
  return {
    reading: async (bytes) => {
      if (isDue()) await progress.note(upload.UploadId, bytesDone(bytes));
    },
    moving: async (rows) => {
      if (isDue()) await progress.note(upload.UploadId, { Rows: rows });
    },
    loaded: async (rows, next, warnings) => {
      const isOver = performance.now() - started > handOnAfter;
      if (!isOver && !isCheckpointDue()) return;
      const Checkpoint = { Offset: next.offset, Line: next.line, Rows: rows, Warnings: warnings };
      await progress.note(upload.UploadId, {
        Rows: rows,
        ...bytesDone(file.bytes + next.offset),
        Checkpoint,
      });
      if (isOver) throw waiting("handed_on", "the load goes on with another delivery of its message", 0);
    },
  };
};

/** True when it was not for a while. */
const everySoOften = (): (() => boolean) => {
  let last = performance.now();
  return () => {
    const now = performance.now();
    if (now - last < INTERVAL_MS) return false;
    last = now;
    return true;
  };
};
