import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { toReceipt, type UploadItem } from "@stockwire/contracts/items";
import type { LiveEventName } from "@stockwire/contracts/live-event";
import { isFinal } from "@stockwire/contracts/receipt";
import { storeThatMaySee } from "@stockwire/contracts/upload-scope";
import type { AlertView } from "@stockwire/contracts/views";
import type { Logger } from "../logger.ts";
import type { Metrics } from "../metrics.ts";
import { createEventAppender } from "./append-events.ts";
import { createCoalescer } from "./coalesce.ts";
import {
  type GatheredAlerts,
  type GatheredStock,
  gatherAlerts,
  gatherStock,
  type StockChange,
  toAlertsEvent,
  toStockEvent,
} from "./gather-changes.ts";

/**
 * Tells pages what has just changed. Best effort: nothing here fails, waits for DynamoDB or grows with what is told, so
 * it can be called in the middle of work. See docs/decisions/0016-live-events.md.
 */
export interface LiveEventWriter {
  readonly stock: (store: string, change: StockChange) => void;
  readonly alert: (alert: AlertView) => void;
  /** What stands in an upload's receipt now; the end of an upload goes out at once. */
  readonly receipt: (upload: UploadItem) => void;
  /** Sends what waits, for a stop; ends within two seconds, sent or not. */
  readonly stop: () => Promise<void>;
}

/** A small file is read, written and counted in less: one event for each of its stores says it all, and one its receipt. */
const GATHER_MS = 100;
/** At most one event per store, and per upload, in this time. */
const INTERVAL_MS = 1_000;
/** Stores, and uploads, with something to tell at the same time; each has at most some 16 KB waiting. */
const MAX_KEYS = 1_000;
/** Rows that one process lists in a second, in bytes; beyond that its events only say that there are some. */
const LISTED_BYTES_PER_INTERVAL = 64 * 1024;
/**
 * Rows that fit beside the rest of an event into its unit of writing cost nothing more, so they are always listed. A
 * store's few changes then look the same whether or not other stores load.
 */
const FREE_BYTES = 512;
const MAX_LISTED_REJECTED = 10;
const STOP_MS = 2_000;
/** A table that cannot be written is told of once in this time. */
const QUIET_MS = 60_000;

export const createLiveEvents = (options: {
  readonly dynamo: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly intervalMs?: number;
}): LiveEventWriter => {
  const { dynamo, tableName, log, metrics } = options;
  const count = (outcome: string): void => metrics.stockwire_live_events_total.inc({ outcome });
  const stopping = new AbortController();
  const { signal } = stopping;
  const appender = createEventAppender({ dynamo, tableName, onError: createQuietWarning(log), signal });

  const append = async (Name: LiveEventName, Store: string | undefined, event: unknown): Promise<void> => {
    const appended = await appender.append({ Name, Store, Data: JSON.stringify(event) });
    count(appended ? "appended" : "failed");
  };
  const common = {
    gatherMs: GATHER_MS,
    intervalMs: options.intervalMs ?? INTERVAL_MS,
    maxKeys: MAX_KEYS,
    onDropped: () => count("dropped"),
  };

  const budget = createBudget(LISTED_BYTES_PER_INTERVAL, common.intervalMs);
  const stock = createCoalescer<StockChange, GatheredStock>({
    ...common,
    merge: gatherStock,
    send: (store, sum) =>
      append("stock", store, toStockEvent(store, sum, sum.bytes <= FREE_BYTES || budget(sum.bytes))),
  });
  const alerts = createCoalescer<AlertView, GatheredAlerts>({
    ...common,
    merge: gatherAlerts,
    send: (store, sum) => append("alerts", store, toAlertsEvent(store, sum)),
  });
  const receipts = createCoalescer<UploadItem>({
    ...common,
    merge: (_before, upload) => upload,
    send: (_id, upload) => {
      const receipt = toReceipt(upload);
      const rejected = receipt.rejected.slice(0, MAX_LISTED_REJECTED);
      return append("receipt", storeThatMaySee(upload), { receipt: { ...receipt, rejected } });
    },
  });

  return {
    stock: stock.add,
    alert: (alert) => alerts.add(alert.store, alert),
    receipt: (upload) =>
      isFinal(upload.Status)
        ? receipts.addLast(upload.UploadId, upload)
        : receipts.add(upload.UploadId, upload),
    stop: async () => {
      const all = [stock, alerts, receipts];
      appender.hurry();
      for (const coalescer of all) coalescer.hurry();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, STOP_MS);
      });
      await Promise.race([Promise.all(all.map(({ idle }) => idle())), late]);
      clearTimeout(timer);
      stopping.abort();
    },
  };
};

/** Whether so many bytes may still be listed in this interval. */
const createBudget = (bytes: number, intervalMs: number): ((wanted: number) => boolean) => {
  let since = 0;
  let left = bytes;
  return (wanted) => {
    const now = performance.now();
    if (now - since >= intervalMs) {
      since = now;
      left = bytes;
    }
    if (wanted > left) return false;
    left -= wanted;
    return true;
  };
};

const createQuietWarning = (log: Logger): ((error: unknown) => void) => {
  let quietUntil = 0;
  return (error) => {
    const now = performance.now();
    if (now < quietUntil) return;
    quietUntil = now + QUIET_MS;
    log.warn({ err: error }, "could not append a live event; pages show it when they ask again");
  };
};
