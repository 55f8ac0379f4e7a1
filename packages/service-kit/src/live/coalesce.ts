import { createLimiter } from "../limiter.ts";

/** Sends what changes under a key: the first changes after a moment, then the sum of what came since, at intervals. */
export interface Coalescer<Change> {
  readonly add: (key: string, change: Change) => void;
  /** The same, but what is known then goes out at once. */
  readonly addLast: (key: string, change: Change) => void;
  /** Sends what is left now, and from here on waits for nothing. */
  readonly hurry: () => void;
  /** Resolves when nothing waits and nothing is under way. */
  readonly idle: () => Promise<void>;
}

interface Key<Sum> {
  waiting: Sum | undefined;
  /** `gathering` is the moment before the first send, `resting` what is left of the interval behind a send. */
  state: "gathering" | "sending" | "resting";
  /** Set where what waits is not to rest. */
  isUrgent: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** Sends under way at the same time; those of one key never are. */
const PARALLEL = 8;
/** A place is taken for at least this long: a hundred sends a second, however many keys change. */
const PLACE_MS = 80;

/**
 * Memory is bounded: what one key has waiting is one sum, and of keys beyond `maxKeys` nothing is kept. So is what is
 * sent: keys beyond a hundred a second wait for their turn, and what changes meanwhile goes along.
 * @param merge the sum of two changes; it may change and hand back the first
 * @param send never rejects
 * @param onDropped told of each change that was dropped because there are too many keys
 */
export const createCoalescer = <Change, Sum = Change>(options: {
  /** How long the first change waits for others: what changes together is told together. */
  readonly gatherMs: number;
  readonly intervalMs: number;
  readonly maxKeys: number;
  readonly merge: (before: Sum | undefined, change: Change) => Sum;
  readonly send: (key: string, sum: Sum) => Promise<void>;
  readonly onDropped: () => void;
}): Coalescer<Change> => {
  const { merge, send, maxKeys } = options;
  const keys = new Map<string, Key<Sum>>();
  const limit = createLimiter(PARALLEL);
  let interval = options.intervalMs;
  let waiters: (() => void)[] = [];

  const forget = (name: string): void => {
    keys.delete(name);
    if (keys.size > 0) return;
    for (const resolve of waiters) resolve();
    waiters = [];
  };
  /** What has its place is done when it is sent; the place itself is held for longer. */
  const inTurn = (work: () => Promise<void>): Promise<void> =>
    new Promise((resolve) => {
      void limit(async () => {
        const begun = performance.now();
        await work();
        resolve();
        const left = Math.min(PLACE_MS, interval) - (performance.now() - begun);
        if (left > 0) await new Promise<void>((done) => void setTimeout(done, left).unref());
      });
    });
  const sendNow = async (name: string, key: Key<Sum>): Promise<void> => {
    clearTimeout(key.timer);
    key.state = "sending";
    let started = 0;
    await inTurn(async () => {
      // As late as possible: what came while it waited for its turn goes along.
      const sum = key.waiting as Sum;
      key.waiting = undefined;
      key.isUrgent = false;
      started = performance.now();
      await send(name, sum);
    });
    key.state = "resting";
    const left = key.isUrgent ? 0 : started + interval - performance.now();
    if (left > 0) key.timer = setTimeout(() => goOn(name, key), left);
    else goOn(name, key);
  };
  const goOn = (name: string, key: Key<Sum>): void => {
    clearTimeout(key.timer);
    if (key.waiting === undefined) forget(name);
    else void sendNow(name, key);
  };
  const begin = (name: string): Key<Sum> => {
    const key: Key<Sum> = { waiting: undefined, state: "gathering", isUrgent: false, timer: undefined };
    keys.set(name, key);
    key.timer = setTimeout(() => void sendNow(name, key), Math.min(options.gatherMs, interval));
    return key;
  };
  const add = (name: string, change: Change): Key<Sum> | undefined => {
    const known = keys.get(name);
    if (known === undefined && keys.size >= maxKeys) {
      options.onDropped();
      return undefined;
    }
    const key = known ?? begin(name);
    key.waiting = merge(key.waiting, change);
    return key;
  };

  return {
    add: (name, change) => void add(name, change),
    addLast: (name, change) => {
      const key = add(name, change);
      if (key === undefined) return;
      key.isUrgent = true;
      if (key.state !== "sending") void sendNow(name, key);
    },
    hurry: () => {
      interval = 0;
      for (const [name, key] of [...keys]) if (key.state !== "sending") goOn(name, key);
    },
    idle: () => (keys.size === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
  };
};
