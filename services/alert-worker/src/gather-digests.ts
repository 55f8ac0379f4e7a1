import { compositeKey } from "@stockwire/contracts/keys";
import { EMPTY_NOTIFICATION, type NotificationSize, sizeWith } from "./compose-notification.ts";
import type { Transition } from "./read-transition.ts";

export interface Digests {
  /**
   * Resolves when the digest with this transition is published; rejects when that failed.
   * @param publishBy epoch milliseconds; the earliest of a digest holds for the whole of it
   */
  readonly join: (transition: Transition, publishBy: number) => Promise<void>;
  /** For a stop: publishes what is gathered now, and from here on waits hardly at all. */
  readonly hurry: () => void;
}

interface Digest {
  readonly key: string;
  readonly transitions: [Transition, ...Transition[]];
  size: NotificationSize;
  publishBy: number;
  readonly timer: NodeJS.Timeout;
  readonly published: PromiseWithResolvers<void>;
}

/** Long enough to gather what is between claim and digest when a stop begins. */
const HURRIED_MILLISECONDS = 100;

/**
 * Gathers transitions into digests of one load, kind and store: a subscriber who asked for one store never reads
 * another's lines. A digest goes out `seconds` after its first transition, at once when it can hold no more, and
 * all of them when `maxPending` transitions wait, which bounds memory and keeps the queue worker's places free.
 */
export const gatherDigests = (options: {
  readonly seconds: number;
  readonly maxPending: number;
  readonly publish: (transitions: Digest["transitions"], publishBy: number) => Promise<void>;
}): Digests => {
  const digests = new Map<string, Digest>();
  let pending = 0;
  let wait = options.seconds * 1_000;

  const flush = (digest: Digest): void => {
    clearTimeout(digest.timer);
    digests.delete(digest.key);
    pending -= digest.transitions.length;
    digest.published.resolve(options.publish(digest.transitions, digest.publishBy));
  };
  const flushAll = (): void => {
    for (const digest of [...digests.values()]) flush(digest);
  };
  const begin = (key: string, transition: Transition): Digest => {
    const digest: Digest = {
      key,
      transitions: [transition],
      publishBy: Number.POSITIVE_INFINITY,
      size: sizeWith(EMPTY_NOTIFICATION, transition) ?? EMPTY_NOTIFICATION,
      timer: setTimeout(() => flush(digest), wait),
      published: Promise.withResolvers(),
    };
    digests.set(key, digest);
    return digest;
  };
  /** The open digest for the transition with it added; a full one is published and a new one begun. */
  const add = (transition: Transition): Digest => {
    const key = compositeKey(transition.uploadId, transition.kind, transition.store);
    const open = digests.get(key);
    if (open === undefined) return begin(key, transition);
    const size = sizeWith(open.size, transition);
    if (size === undefined) {
      flush(open);
      return begin(key, transition);
    }
    open.size = size;
    open.transitions.push(transition);
    return open;
  };

  return {
    join: (transition, publishBy) => {
      const digest = add(transition);
      digest.publishBy = Math.min(digest.publishBy, publishBy);
      pending += 1;
      if (pending >= options.maxPending) flushAll();
      return digest.published.promise;
    },
    hurry: () => {
      wait = HURRIED_MILLISECONDS;
      flushAll();
    },
  };
};
