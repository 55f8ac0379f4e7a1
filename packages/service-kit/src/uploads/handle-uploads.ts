import type { FileCode } from "@stockwire/contracts/codes";
import type { UploadItem } from "@stockwire/contracts/items";
import { MAX_ATTEMPTS } from "@stockwire/contracts/receipt";
import { codeOf, kindOf, permanent } from "../errors.ts";
import type { Logger } from "../logger.ts";
import type { Metrics } from "../metrics.ts";
import type { QueueMessage } from "../queue-message.ts";
import type { QueueWorkerOptions } from "../queue-worker.ts";
import { decodeEvent } from "./decode-event.ts";
import { identifyUpload, type ReceiptMaking } from "./identify-upload.ts";
import type { Ending, Progress } from "./progress.ts";

type Handler = Pick<QueueWorkerOptions, "handle" | "countFailure">;

export interface UploadHandling extends ReceiptMaking {
  readonly progress: Progress;
  readonly metrics: Metrics;
  /**
   * Carries one upload to its end and writes that into its receipt; undefined where it had ended before. Safe to run
   * again from its beginning after a crash anywhere.
   */
  readonly process: (upload: UploadItem, signal: AbortSignal) => Promise<Ending | undefined>;
  /** Told of every ending, for what is measured of this kind only. */
  readonly observe: (ending: Ending, upload: UploadItem, seconds: number) => void;
}

/** Before SQS moves the message by itself (maxReceiveCount 50), without a reason and without a word in the receipt. */
const LAST_RECEIVE = 45;

/** What the queue worker calls: one message, the files that it announces, one after the other. */
export const createUploadHandler = (handling: UploadHandling): Handler => {
  const { kind, progress, metrics } = handling;
  /** Which upload a failure was about, to count it in that receipt. */
  const uploadOf = new WeakMap<object, string>();

  const process = async (
    upload: UploadItem,
    message: QueueMessage,
    log: Logger,
    signal: AbortSignal,
  ): Promise<void> => {
    const started = performance.now();
    // Ties the message, which other lines name, to the upload.
    log.info(
      { bytes: upload.Bytes, delivery: message.receiveCount, status: upload.Status },
      "working on a file",
    );
    try {
      if (message.receiveCount >= LAST_RECEIVE) throw tooManyDeliveries(message);
      const ending = await handling.process(upload, signal);
      if (ending === undefined) return;
      const seconds = (performance.now() - started) / 1000;
      metrics.stockwire_files_total.inc({ kind, outcome: ending.status });
      handling.observe(ending, upload, seconds);
      log.info({ status: ending.status, rows: ending.rows, seconds, store: ending.store }, "file finished");
    } catch (error) {
      // The message goes to the dead-letter queue; whoever waits for this upload must know.
      if (kindOf(error) === "permanent") await giveUp(upload.UploadId, error);
      if (typeof error === "object" && error !== null) uploadOf.set(error, upload.UploadId);
      throw error;
    }
  };

  const giveUp = async (uploadId: string, error: unknown): Promise<void> => {
    const reason = error instanceof Error ? error.message : String(error);
    await progress.giveUp(uploadId, {
      code: codeOf(error),
      message: `given up; the file is kept and an operator can bring it back (redrive): ${reason}`,
    });
    metrics.stockwire_files_total.inc({ kind, outcome: "failed" });
  };

  return {
    handle: async (message, { log, signal }) => {
      const results: PromiseSettledResult<void>[] = [];
      for (const event of decodeEvent(message.body)) {
        const [result] = await Promise.allSettled([
          (async () => {
            const upload = await identifyUpload(handling, event);
            if (upload === undefined)
              log.info({ key: event.key }, "taken back by the API before it was answered");
            else await process(upload, message, log.child({ uploadId: upload.UploadId }), signal);
          })(),
        ]);
        results.push(result);
      }
      // One file's failure must not keep the others of the same message from being loaded.
      const failed = results.find((result) => result.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    },
    countFailure: async (message: QueueMessage, error: unknown) => {
      const uploadId = typeof error === "object" && error !== null ? uploadOf.get(error) : undefined;
      if (uploadId === undefined) return { attempts: message.receiveCount, limit: LAST_RECEIVE };
      const attempts = await progress.countFailure(uploadId);
      if (attempts >= MAX_ATTEMPTS) await giveUp(uploadId, error);
      return { attempts, limit: MAX_ATTEMPTS };
    },
  };
};

/** Each delivery that ended without a word was a process that died with the file; it may be the file's doing. */
const tooManyDeliveries = (message: QueueMessage) =>
  permanent(
    "too_many_deliveries" satisfies FileCode,
    `delivered ${message.receiveCount} times without coming to an end`,
  );
