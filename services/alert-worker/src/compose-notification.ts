import { ALERT_SUBJECT } from "@stockwire/contracts/level";
import type { Transition } from "./read-transition.ts";

/** What one SNS publication says. */
export interface Notification {
  readonly subject: string;
  /** One sentence a line. */
  readonly message: string;
  readonly store: string;
  readonly kind: string;
  /** Every item that the message speaks of, so that a subscriber who filters by item misses none. */
  readonly items: readonly string[];
}

/** Bytes that a notification takes: those of its text and those of its JSON array of items. */
export interface NotificationSize {
  readonly text: number;
  readonly items: number;
}

/**
 * SNS takes 256 KB with attributes, and the envelope in which subscribed queues get it escapes quotes. The array
 * of items is kept small: SNS filters on it, and 10 KB are some 500 lines, as many as anyone reads in one mail.
 */
const LARGEST: NotificationSize = { text: 200_000 - 10_000, items: 10_000 };

export const EMPTY_NOTIFICATION: NotificationSize = { text: 0, items: 2 };

/** The size of a notification of `size` with `transition` added; undefined where that is more than one can hold. */
export const sizeWith = (size: NotificationSize, transition: Transition): NotificationSize | undefined => {
  const text = size.text + Buffer.byteLength(transition.message) + 1;
  const items = size.items + Buffer.byteLength(JSON.stringify(transition.item)) + 1;
  return text <= LARGEST.text && items <= LARGEST.items ? { text, items } : undefined;
};

/** The notification of one transition, or of several of one store and kind. */
export const composeNotification = (transitions: readonly [Transition, ...Transition[]]): Notification => ({
  subject: ALERT_SUBJECT,
  message: publishable(transitions.map(({ message }) => message).join("\n")),
  store: publishable(transitions[0].store),
  kind: transitions[0].kind,
  items: transitions.map(({ item }) => publishable(item)),
});

/**
 * SNS refuses text that XML 1.0 cannot carry. A name with such a character must not keep the rest of its digest
 * from being told.
 */
const publishable = (text: string): string =>
  text.toWellFormed().replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");
