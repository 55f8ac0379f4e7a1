import type { AlertView } from "@stockwire/contracts/views";
import { keyOf } from "../alerts/pair-outages.ts";

export interface AlertHistory {
  readonly newestFirst: readonly AlertView[];
  /** Where it begins, in milliseconds: everything told since then is in it. */
  readonly from: number;
}

/** An alert that an event told. */
export interface Heard {
  readonly alert: AlertView;
  /** When, in milliseconds. */
  readonly at: number;
}

/** A list may not have yet what an event has told already. */
const LISTED_LATE_MS = 10_000;

/** What a list that was asked for at a moment may lack. */
export const heardSince = (heard: readonly Heard[], asked: number): readonly Heard[] =>
  heard.filter(({ at }) => at >= asked - LISTED_LATE_MS);

/**
 * A history with what was heard since, and without what is too old.
 * @param earliest milliseconds
 */
export const mergeHistory = (
  history: AlertHistory,
  heard: readonly Heard[],
  earliest: number,
): AlertHistory => {
  const oldest = history.newestFirst.at(-1);
  const isTooLong = oldest !== undefined && Date.parse(oldest.at) < earliest;
  if (heard.length === 0 && !isTooLong) return history;
  const all = new Map<string, AlertView>();
  for (const alert of [...history.newestFirst, ...heard.map(({ alert }) => alert)]) {
    if (Date.parse(alert.at) >= earliest) all.set(keyOf(alert), alert);
  }
  const newestFirst = [...all.values()].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  return { newestFirst, from: Math.max(history.from, earliest) };
};
