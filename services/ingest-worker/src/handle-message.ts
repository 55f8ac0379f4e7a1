import type { S3Client } from "@aws-sdk/client-s3";
import type { UploadItem } from "@stockwire/contracts/items";
import { parseUploadVersion } from "@stockwire/contracts/keys";
import { MAX_ATTEMPTS } from "@stockwire/contracts/receipt";
import { codeOf } from "@stockwire/service-kit/errors";
import type { Logger } from "@stockwire/service-kit/logger";
import type { Metrics } from "@stockwire/service-kit/metrics";
import type { QueueMessage } from "@stockwire/service-kit/queue-message";
import type { QueueWorkerOptions } from "@stockwire/service-kit/queue-worker";
import { decodeEvent } from "./decode-event.ts";
import { identifyUpload } from "./identify-upload.ts";
import { type IngestTools, ingestFile } from "./ingest-file.ts";
import type { Ending } from "./progress.ts";

type Handler = Pick<QueueWorkerOptions, "handle" | "countFailure">;

/** Deliveries of a message whose upload could not even be identified before it is given up. */
const MAX_UNIDENTIFIED_RECEIVES = 20;

/** What the queue worker calls: one message, the files that it announces, one after the other. */
export const createMessageHandler = (
  tools: IngestTools & { readonly s3: S3Client },
  metrics: Metrics,
): Handler => {
  /** Which upload a failure was about, to count it in that receipt. */
  const uploadOf = new WeakMap<object, string>();

  const ingest = async (upload: UploadItem, log: Logger, signal: AbortSignal): Promise<void> => {
    const started = performance.now();
    try {
      const ending = await ingestFile(tools, upload, signal);
      if (ending === undefined) return;
      const seconds = (performance.now() - started) / 1000;
      record(metrics, ending, upload.Version, seconds);
      log.info({ status: ending.status, rows: ending.rows, seconds, store: ending.store }, "file finished");
    } catch (error) {
      if (typeof error === "object" && error !== null) uploadOf.set(error, upload.UploadId);
      throw error;
    }
  };

  return {
    handle: async (message, { log, signal }) => {
      for (const event of decodeEvent(message.body)) {
        const upload = await identifyUpload(tools.s3, tools.uploads, event);
        if (upload === undefined)
          log.info({ key: event.key }, "taken back by the API before it was answered");
        else await ingest(upload, log.child({ uploadId: upload.UploadId }), signal);
      }
    },
    countFailure: async (message: QueueMessage, error: unknown) => {
      const uploadId = typeof error === "object" && error !== null ? uploadOf.get(error) : undefined;
      if (uploadId === undefined) return { attempts: message.receiveCount, limit: MAX_UNIDENTIFIED_RECEIVES };
      const attempts = await tools.progress.countFailure(uploadId);
      if (attempts >= MAX_ATTEMPTS) {
        const reason = error instanceof Error ? error.message : String(error);
        await tools.progress.giveUp(uploadId, {
          code: codeOf(error),
          message: `given up after ${attempts} failed attempts; the file is kept and an operator can bring it back (redrive): ${reason}`,
        });
        metrics.stockwire_files_total.inc({ kind: "inventory", outcome: "failed" });
      }
      return { attempts, limit: MAX_ATTEMPTS };
    },
  };
};

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
