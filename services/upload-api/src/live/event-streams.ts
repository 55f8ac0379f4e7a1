import type { Readable } from "node:stream";
import type { Logger } from "@stockwire/service-kit/logger";
import type { Metrics } from "@stockwire/service-kit/metrics";
import type { Principal } from "../access/principal.ts";
import type { ApiConfig } from "../config.ts";
import { ApiError, overloaded } from "../errors/api-error.ts";
import { type EventStream, openEventStream } from "./event-stream.ts";
import type { LiveFeed } from "./feed.ts";

/** All streams of a process. */
export interface EventStreams {
  /** @throws overloaded where too many are open */
  readonly open: (caller: StreamCaller) => Readable;
  /** Ends all of them, and from here on each new one at once. */
  readonly endAll: () => void;
}

interface StreamCaller {
  readonly principal: Principal;
  /** On whose behalf the request would run now. @throws an ApiError where it would be refused */
  readonly checkAgain: () => Promise<Principal>;
  readonly store: string | undefined;
  readonly lastEventId: string | undefined;
  readonly log: Logger;
}

/** Milliseconds. */
export interface StreamIntervals {
  readonly heartbeatMs: number;
  /** From one look at a caller's rights to the next. */
  readonly checkMs: number;
}

interface OpenStream {
  readonly caller: StreamCaller;
  readonly stream: EventStream;
}

const HEARTBEAT_MS = 15_000;
/** A key that was disabled is remembered as good for 5 s besides. */
const CHECK_MS = 30_000;
/** Readers that do not take the end of their stream are cut off. */
const LAST_WORDS_MS = 500;

export const createEventStreams = (
  feed: LiveFeed,
  settings: Pick<ApiConfig["settings"], "MAX_EVENT_STREAMS" | "MAX_EVENT_STREAMS_PER_CALLER">,
  metrics: Metrics,
  intervals: StreamIntervals = { heartbeatMs: HEARTBEAT_MS, checkMs: CHECK_MS },
): EventStreams => {
  const streams = new Set<OpenStream>();
  const ofCaller = new Map<string, number>();
  let isEnding = false;
  let timers: NodeJS.Timeout[] = [];

  const count = (id: string, change: 1 | -1): void => {
    const open = (ofCaller.get(id) ?? 0) + change;
    if (open === 0) ofCaller.delete(id);
    else ofCaller.set(id, open);
    metrics.stockwire_event_streams.set(streams.size);
    if (streams.size === 0) {
      for (const timer of timers) clearInterval(timer);
      timers = [];
    } else if (timers.length === 0) {
      timers = [
        setInterval(beat, intervals.heartbeatMs).unref(),
        setInterval(checkAll, intervals.checkMs).unref(),
      ];
    }
  };
  const beat = (): void => {
    for (const { stream } of streams) stream.heartbeat();
  };
  /** All at once, so that the streams of one key are one look-up. */
  const checkAll = (): void => {
    for (const open of streams) void check(open);
  };

  return {
    open: (caller) => {
      const { principal, log } = caller;
      if (streams.size >= settings.MAX_EVENT_STREAMS) {
        throw overloaded("event streams", settings.MAX_EVENT_STREAMS);
      }
      if ((ofCaller.get(principal.id) ?? 0) >= settings.MAX_EVENT_STREAMS_PER_CALLER) {
        throw overloaded("event streams of this caller", settings.MAX_EVENT_STREAMS_PER_CALLER);
      }
      const onSlow = () => log.info("a reader of live events was too slow and is cut off");
      const stream = openEventStream({ ...caller, feed, onSlow });
      const open = { caller, stream };
      streams.add(open);
      count(principal.id, 1);
      stream.body.once("close", () => {
        streams.delete(open);
        count(principal.id, -1);
      });
      if (isEnding) stream.end();
      return stream.body;
    },
    endAll: () => {
      isEnding = true;
      for (const { stream } of streams) {
        stream.end();
        setTimeout(() => stream.body.destroy(), LAST_WORDS_MS).unref();
      }
    },
  };
};

/** Ends a stream whose caller would not get it any more, or would get another one. An outage is no such reason. */
const check = async ({ caller, stream }: OpenStream): Promise<void> => {
  try {
    const { stores } = await caller.checkAgain();
    // As JSON: a name may hold a comma, or be "all".
    if (JSON.stringify(stores) === JSON.stringify(caller.principal.stores)) return;
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status !== 401 && error.status !== 403)) return;
  }
  caller.log.info("the caller's rights have changed; its stream is ended");
  stream.end();
};
