import type { S3Client } from "@aws-sdk/client-s3";
import type { UploadItem } from "@stockwire/contracts/items";
import { parseUploadVersion } from "@stockwire/contracts/keys";
import { MAX_ATTEMPTS } from "@stockwire/contracts/receipt";
import { codeOf, kindOf, permanent } from "@stockwire/service-kit/errors";
import type { Logger } from "@stockwire/service-kit/logger";
import type { Metrics } from "@stockwire/service-kit/metrics";
import type { QueueMessage } from "@stockwire/service-kit/queue-message";
import type { QueueWorkerOptions } from "@stockwire/service-kit/queue-worker";
import { decodeEvent } from "./decode-event.ts";
import { identifyUpload } from "./identify-upload.ts";
import { type IngestTools, ingestFile } from "./ingest-file.ts";
import type { Ending } from "./progress.ts";

type Handler = Pick<QueueWorkerOptions, "handle" | "countFailure">;

/** Before SQS moves the message by itself (maxReceiveCount 50), without a reason and without a word in the receipt. */
const LAST_RECEIVE = 45;

/** What the queue worker calls: one message, the files that it announces, one after the other. */
export const createMessageHandler = (
  tools: IngestTools & { readonly s3: S3Client },
  metrics: Metrics,
): Handler => {
  /** Which upload a failure was about, to count it in that receipt. */
  const uploadOf = new WeakMap<object, string>();

  const ingest = async (
    upload: UploadItem,
    message: QueueMessage,
    log: Logger,
    signal: AbortSignal,
  ): Promise<void> => {
    const started = performance.now();
    try {
      if (message.receiveCount >= LAST_RECEIVE) throw tooManyDeliveries(message);
      const ending = await ingestFile(tools, upload, signal);
      if (ending === undefined) return;
      const seconds = (performance.now() - started) / 1000;
      record(metrics, ending, upload.Version, seconds);
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
    await tools.progress.giveUp(uploadId, {
      code: codeOf(error),
      message: `given up; the file is kept and an operator can bring it back (redrive): ${reason}`,
    });
    metrics.stockwire_files_total.inc({ kind: "inventory", outcome: "failed" });
  };

  return {
    handle: async (message, { log, signal }) => {
      const results: PromiseSettledResult<void>[] = [];
      for (const event of decodeEvent(message.body)) {
        const [result] = await Promise.allSettled([
          (async () => {
            const upload = await identifyUpload(tools.s3, tools.uploads, event);
            if (upload === undefined)
              log.info({ key: event.key }, "taken back by the API before it was answered");
            else await ingest(upload, message, log.child({ uploadId: upload.UploadId }), signal);
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
      const attempts = await tools.progress.countFailure(uploadId);
      if (attempts >= MAX_ATTEMPTS) await giveUp(uploadId, error);
      return { attempts, limit: MAX_ATTEMPTS };
    },
  };
};

/** Each delivery that ended without a word was a process that died with the file; it may be the file's doing. */
const tooManyDeliveries = (message: QueueMessage) =>
  permanent("too_many_deliveries", `delivered ${message.receiveCount} times without coming to an end`);

const record = (metrics: Metrics, ending: Ending, version: string, seconds: number): void => {
  metrics.stockwire_files_total.inc({ kind: "inventory", outcome: ending.status });
  metrics.stockwire_file_load_seconds.observe(seconds);
  for (const outcome of ["written", "unchanged", "stale", "rejected", "repeated"] as const) {
    metrics.stockwire_rows_total.inc({ outcome }, ending.rows[outcome]);
  }
  if (ending.rows.written === 0) return;
  const accepted = Date.parse(parseUploadVersion(version).receivedAt);
  metrics.stockwire_row_visible_seconds.observe(Math.max(0, Date.now() - accepted) / 1000);
};
