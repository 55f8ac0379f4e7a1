import { Readable } from "node:stream";
import { timeOfEventId } from "@stockwire/contracts/live-position";
import type { Principal } from "../access/principal.ts";
import { maySeeStore } from "../access/stores.ts";
import type { LiveFeed } from "./feed.ts";
import type { ResetReason } from "./feed-run.ts";
import { REPLAY_MS } from "./history.ts";
import { positionAt, type ReadEvent } from "./read-events.ts";

/** One caller's stream: what is pushed into `body` goes to its socket as fast as it is taken. */
export interface EventStream {
  readonly body: Readable;
  /** Moves the id on where nothing happens. */
  readonly heartbeat: () => void;
  /** Ends it where its reader is to come back. */
  readonly end: () => void;
}

/**
 * What a reader may leave waiting, and what it is told in one go; what the socket itself holds comes on top. Whoever is
 * cut off has left that much since an earlier turn: what comes at once nobody could have taken meanwhile, and who comes
 * back for it would be cut off by it again.
 */
export const MAX_WAITING_BYTES = 1024 * 1024;
/** Ids from clocks that go this much before ours are still taken. */
const MAX_SKEW_MS = 60_000;
/** Readers that are cut off at the same time are not to come back at the same time. */
const RETRY_MS = { least: 1_000, spread: 2_000 } as const;

export const openEventStream = (options: {
  readonly feed: LiveFeed;
  readonly principal: Principal;
  /** Only what is about this store. */
  readonly store: string | undefined;
  readonly lastEventId: string | undefined;
  readonly onSlow: () => void;
}): EventStream => {
  const { feed, principal, store } = options;
  const body = new Readable({ read: () => undefined });
  /** Until a resumed stream has what it missed, its position is where it was. */
  let isLive = false;
  let isEnded = false;

  const push = (...frames: readonly string[]): void => {
    if (isEnded || body.destroyed) return;
    if (body.readableLength > MAX_WAITING_BYTES) {
      options.onSlow();
      body.destroy();
      return;
    }
    // One by one: the socket takes no more than it can send.
    for (const frame of frames) body.push(frame);
  };
  const onEvents = (events: readonly ReadEvent[]): void => {
    const position = listening.position();
    const frames: string[] = [];
    let bytes = 0;
    for (const event of events) {
      if (!isFor(event, principal, store)) continue;
      const frame = frameOf(event, position);
      bytes += Buffer.byteLength(frame);
      if (bytes > MAX_WAITING_BYTES) {
        onReset("too_much");
        return;
      }
      frames.push(frame);
    }
    if (frames.length > 0) push(...frames);
  };
  const onReset = (reason: ResetReason): void => {
    isLive = true;
    push(`id: ${positionAt(listening.position())}\nevent: reset\ndata: ${JSON.stringify({ reason })}\n\n`);
  };
  const listening = feed.listen({ onEvents, onReset });
  body.once("close", listening.close);

  const retry = Math.round(RETRY_MS.least + Math.random() * RETRY_MS.spread);
  const ready = (id: string | undefined): void =>
    push(`retry: ${retry}\n${id === undefined ? "" : `id: ${id}\n`}event: ready\ndata: {}\n\n`);
  const from = readPosition(options.lastEventId, Date.now());
  if (from === undefined) {
    isLive = true;
    ready(positionAt(listening.position()));
    listening.begin();
  } else if (typeof from === "string") {
    ready(undefined);
    onReset(from);
    listening.begin();
  } else {
    ready(options.lastEventId);
    void listening.resume(from).then(() => {
      isLive = true;
    });
  }

  return {
    body,
    heartbeat: () => push(isLive ? `id: ${positionAt(listening.position())}\n\n` : ": waiting\n\n"),
    end: () => {
      listening.close();
      if (isEnded || body.destroyed) return;
      isEnded = true;
      body.push(null);
    },
  };
};

/** Epoch milliseconds that an id stands for; undefined: none was sent; else why it stands for nothing. */
const readPosition = (id: string | undefined, now: number): number | ResetReason | undefined => {
  if (id === undefined || id === "") return undefined;
  const time = timeOfEventId(id);
  if (time === undefined || time > now + MAX_SKEW_MS) return "unknown_id";
  return time < now - REPLAY_MS ? "too_old" : time;
};

const isFor = (event: ReadEvent, principal: Principal, store: string | undefined): boolean => {
  if (principal.stores === "all") return store === undefined || event.about === store;
  if (event.store === undefined || !maySeeStore(principal, event.store)) return false;
  return store === undefined || event.store === store;
};

/** An id ahead of our clock would take the reader past what is still to come. */
const frameOf = ({ id, time, name, data }: ReadEvent, position: number): string =>
  `id: ${time > position ? positionAt(position) : id}\nevent: ${name}\ndata: ${data}\n\n`;
