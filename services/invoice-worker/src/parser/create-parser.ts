import type { InvoiceReading } from "@stockwire/contracts/invoice";
import { createLimiter } from "@stockwire/service-kit/limiter";
import type { Logger } from "@stockwire/service-kit/logger";
import { Piscina } from "piscina";
import { composeRejected } from "../compose-reading.ts";
import { isLarge } from "../large-files.ts";
import { loadLayouts } from "../layout/load-layouts.ts";
import { parseInvoice } from "../parse-invoice.ts";
import { parserHeapMegabytes } from "./heap-limit.ts";

/** Reads invoices without ever holding the process up: heartbeats and health checks go on beside a large one. */
export interface Parser {
  /** @param today ISO date, UTC */
  readonly parse: (bytes: Uint8Array, today: string, signal: AbortSignal) => Promise<InvoiceReading>;
  readonly close: () => Promise<void>;
}

const MILLISECONDS = 120_000;
const IDLE_MILLISECONDS = 30_000;

/**
 * A small file takes a few milliseconds, less than handing it to a thread. Large ones are read in a thread of their own, one at a time, which has a limit of time and of memory: a file that
 * outgrows either is the file's fault, and costs nothing but its own thread.
 */
export const createParser = (
  layoutsDirectory: string,
  log: Logger,
  limits: { readonly milliseconds: number; readonly heapMegabytes: number } = {
    milliseconds: MILLISECONDS,
    heapMegabytes: parserHeapMegabytes(),
  },
): Parser => {
  const layouts = loadLayouts(layoutsDirectory);
  const threads = new Piscina({
    filename: new URL("./parse-thread.ts", import.meta.url).href,
    workerData: layoutsDirectory,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE_MILLISECONDS,
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytes },
  });
  // A thread that ends without a file in it is replaced when the next one needs it.
  threads.on("error", (error: unknown) => log.warn({ err: error }, "the parser's thread ended"));
  // One by one here, so that a file's clock does not run while it waits for the thread.
  const inTurn = createLimiter(1);
  return {
    parse: async (bytes, today, signal) => {
      if (!isLarge(bytes.length)) return parseInvoice(bytes, layouts, today);
      return inTurn(async () => {
        const overdue = AbortSignal.timeout(limits.milliseconds);
        try {
          return await threads.run({ bytes, today }, { signal: AbortSignal.any([signal, overdue]) });
        } catch (error) {
          if (signal.aborted || !(overdue.aborted || isOutOfMemory(error))) throw error;
          const message =
            "the file takes more time or memory than any invoice should; send one invoice a file";
          return composeRejected({ code: "too_complex", message, line: null });
        }
      });
    },
    close: () => threads.destroy(),
  };
};

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
