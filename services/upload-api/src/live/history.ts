import { EVENT_OVERLAP_MS } from "@stockwire/contracts/live-position";
import type { ReadEvent } from "./read-events.ts";

/** How far back a stream can be resumed. */
export const REPLAY_MS = 15 * 60_000;
/** Events that a resumed stream is given at most. */
export const MAX_REPLAYED = 5_000;
/** Longer by what a reader looks back behind its position, and by the time that reading it may take. */
export const KEPT_MS = REPLAY_MS + 60_000;
const MAX_BYTES = 32 * 1024 * 1024;

/** The latest events, each once: what streams are resumed from, and what tells a new event from one read again. */
export interface History {
  /** Epoch milliseconds from which on every event that could be read is there. */
  readonly completeFrom: () => number;
  /** Epoch milliseconds before which there is too much to keep. */
  readonly floor: () => number;
  /** Notes that there is too much before `completeFrom`. */
  readonly setFloor: () => void;
  /** Takes in what was read, and drops what is old. @returns what was new, by id */
  readonly add: (events: readonly ReadEvent[]) => readonly ReadEvent[];
  /**
   * The same for what came before all of it, and for nothing else: what is newer is still to be told to those who listen,
   * and is new to them as long as only `add` takes it in.
   * @param from epoch milliseconds from which on it was read
   */
  readonly extend: (events: readonly ReadEvent[], from: number) => void;
  readonly since: (time: number) => readonly ReadEvent[];
  readonly size: () => number;
}

/** @param from epoch milliseconds from which on everything is going to be added */
export const createHistory = (from: number, now: () => number = Date.now): History => {
  let events: ReadEvent[] = [];
  let bytes = 0;
  let completeFrom = from;
  let floor = 0;
  /** Also of events that were dropped, for as long as they are read again. */
  const seen = new Map<string, number>();

  const insert = (some: readonly ReadEvent[]): readonly ReadEvent[] => {
    const fresh = some.filter(({ id }) => !seen.has(id)).sort(byId);
    for (const { id, time, data } of fresh) {
      seen.set(id, time);
      bytes += data.length;
    }
    if (fresh.length > 0) events = [...events, ...fresh].sort(byId);
    return fresh;
  };
  const drop = (): void => {
    const oldest = now() - KEPT_MS;
    let dropped = 0;
    while (dropped < events.length) {
      const { time, data } = events[dropped] as ReadEvent;
      const isTooMuch = events.length - dropped > MAX_REPLAYED || bytes > MAX_BYTES;
      if (time >= oldest && !isTooMuch) break;
      if (isTooMuch) floor = Math.max(floor, time + 1);
      bytes -= data.length;
      dropped += 1;
    }
    if (dropped > 0) events = events.slice(dropped);
    completeFrom = Math.max(completeFrom, floor, oldest);
    if (seen.size <= events.length) return;
    const forgettable = Math.min(oldest, completeFrom) - 2 * EVENT_OVERLAP_MS;
    for (const [id, time] of seen) if (time < forgettable) seen.delete(id);
  };

  return {
    completeFrom: () => completeFrom,
    floor: () => floor,
    setFloor: () => {
      floor = completeFrom;
    },
    add: (some) => {
      const fresh = insert(some);
      drop();
      return fresh;
    },
    extend: (some, start) => {
      insert(some.filter(({ time }) => time < completeFrom));
      completeFrom = Math.min(completeFrom, start);
      drop();
    },
    since: (time) => events.filter((event) => event.time >= time),
    size: () => events.length,
  };
};

const byId = (a: ReadEvent, b: ReadEvent): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
