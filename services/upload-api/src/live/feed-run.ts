import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { EVENT_OVERLAP_MS } from "@stockwire/contracts/live-position";
import type { Logger } from "@stockwire/service-kit/logger";
import { createHistory, KEPT_MS, MAX_REPLAYED, REPLAY_MS } from "./history.ts";
import { type ReadEvent, readEvents } from "./read-events.ts";

/** Why a reader has to ask the API for everything again. */
export type ResetReason = "unknown_id" | "too_old" | "too_much" | "gap";

export interface Listener {
  readonly onEvents: (events: readonly ReadEvent[]) => void;
  readonly onReset: (reason: ResetReason) => void;
}

/** Reading from the first listener to the last. */
export interface FeedRun {
  /** Resolves when everything since a time is known, as far as it ever will be. It reads what nobody has asked for before. */
  readonly reachBackTo: (time: number, isWanted: () => boolean) => Promise<void>;
  /** Hands over what came since a time, or says that there is too much. */
  readonly replay: (time: number, listener: Listener) => void;
  readonly position: () => number;
  readonly stop: () => void;
}

const POLL_MS = 300;
/** Most polls look back only a little, since what is read again is paid again; every so often one looks back fully. */
const SHORT_OVERLAP_MS = 1_000;
const FULL_EVERY_MS = 1_500;
/** Where a reader goes on: what was late when it left, and what only a full look would have found. */
const RESUME_OVERLAP_MS = 2 * EVENT_OVERLAP_MS;
const LONGEST_BACK_OFF_MS = 10_000;
const MINUTE_MS = 60_000;

export const createFeedRun = (
  {
    dynamo,
    tableName,
    log,
  }: {
    readonly dynamo: DynamoDBDocumentClient;
    readonly tableName: string;
    readonly log: Logger;
  },
  listeners: ReadonlySet<Listener>,
): FeedRun => {
  const begunAt = Date.now();
  let history = createHistory(begunAt - EVENT_OVERLAP_MS);
  /** When the last read that succeeded began. */
  let readTo = begunAt;
  /** The same, of those that looked back fully. */
  let fullyReadTo = begunAt;
  let isFirst = true;
  let failures = 0;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let extending: Promise<void> | undefined;
  let failedExtensions = 0;
  const first = Promise.withResolvers<void>();

  const read = (from: number, to: number, most: number) => readEvents(dynamo, tableName, from, to, most);

  const poll = async (): Promise<void> => {
    const at = Date.now();
    const isFull = isFirst || at - fullyReadTo >= FULL_EVERY_MS || at < readTo;
    // From the last full look on: what stands since then is not older than the overlap.
    const from = isFull ? Math.min(fullyReadTo, at) - EVENT_OVERLAP_MS : readTo - SHORT_OVERLAP_MS;
    const found = at - readTo > REPLAY_MS ? undefined : await read(from, at, 2 * MAX_REPLAYED);
    if (isStopped) return;
    if (found === undefined) {
      // More than anybody could be told: all begin anew.
      history = createHistory(at);
      for (const { onReset } of listeners) onReset("gap");
    } else {
      const fresh = history.add(found);
      if (fresh.length > 0) for (const { onEvents } of listeners) onEvents(fresh);
    }
    readTo = at;
    if (isFull) fullyReadTo = at;
    isFirst = false;
  };
  const goOn = async (): Promise<void> => {
    try {
      await poll();
      if (failures > 0) log.info({ failures }, "live events can be read again");
      failures = 0;
      first.resolve();
    } catch (error) {
      failures += 1;
      if (failures === 1) log.warn({ err: error }, "could not read live events; streams stay open");
    }
    if (isStopped) return;
    timer = setTimeout(goOn, Math.min(POLL_MS * 2 ** failures, LONGEST_BACK_OFF_MS));
  };
  void goOn();

  /** By whole minutes, so that many who come back at once are served by one read. */
  const extend = async (time: number): Promise<void> => {
    const current = history;
    const from = Math.floor(time / MINUTE_MS) * MINUTE_MS;
    const found = await read(from, current.completeFrom(), MAX_REPLAYED - current.size());
    if (found === undefined) current.setFloor();
    else current.extend(found, from);
  };
  /** Told once for all who wait for it, and not where the polls have told of the same outage. */
  const tellOfExtension = (error: unknown): void => {
    failedExtensions += 1;
    if (failedExtensions === 1 && failures === 0) {
      log.warn({ err: error }, "could not read earlier live events; streams stay open");
    }
  };

  return {
    reachBackTo: async (time, isWanted) => {
      const from = time - RESUME_OVERLAP_MS;
      await first.promise;
      for (let tries = 0; isWanted() && !isStopped; ) {
        const isGone = from < history.floor() || from < Date.now() - KEPT_MS;
        if (isGone || from >= history.completeFrom()) return;
        extending ??= extend(from)
          .catch((error) => {
            tellOfExtension(error);
            throw error;
          })
          .finally(() => {
            extending = undefined;
          });
        try {
          await extending;
          failedExtensions = 0;
        } catch {
          tries += 1;
          const wait = Math.min(POLL_MS * 2 ** tries, LONGEST_BACK_OFF_MS);
          await new Promise((resolve) => setTimeout(resolve, wait));
        }
      }
    },
    replay: (time, { onEvents, onReset }) => {
      const from = time - RESUME_OVERLAP_MS;
      if (from < history.completeFrom()) onReset("too_much");
      else onEvents(history.since(from));
    },
    position: () => readTo,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      first.resolve();
    },
  };
};
