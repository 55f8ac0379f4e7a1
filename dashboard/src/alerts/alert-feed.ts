import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { AlertsEvent } from "@stockwire/contracts/live-event";
import type { AlertView } from "@stockwire/contracts/views";
import type { Api } from "../api/client.ts";
import type { Live } from "../live/live.ts";
import { type AlertFilter, askAlerts } from "./ask-alerts.ts";
import { keyOf } from "./pair-outages.ts";

/** Alerts as they are told, and earlier ones as they are wanted. */
export interface AlertFeed {
  /** All that are loaded, of every kind, newest first. */
  readonly loaded: ReadonlySignal<readonly AlertView[]>;
  /** Those asked for and shown, newest first. */
  readonly shown: ReadonlySignal<readonly AlertView[]>;
  /** How many came in while the reader was further down, and wait. */
  readonly waiting: ReadonlySignal<number>;
  /** `more`: there are earlier ones. */
  readonly state: ReadonlySignal<FeedState>;
  /** Keys of those that came in by events. */
  readonly fresh: ReadonlySet<string>;
  readonly showWaiting: () => void;
  readonly loadMore: () => void;
  readonly close: () => void;
}

type FeedState =
  | { readonly state: "loading" | "complete" }
  /** `isRare`: little was found on the way here, so nobody should be led on by scrolling alone. */
  | { readonly state: "more"; readonly isRare: boolean }
  | { readonly state: "failed"; readonly error: unknown };

/** Matching ones that one step adds. */
const STEP = 50;
/** Pages that one step reads at most: a rare kind is not searched for through years at once. */
const MAX_PAGES = 10;
/** An event that lists not all comes every second while a large load goes on. */
const ASK_AGAIN_MS = 1_000;
/** From the end of one catching up to the next: each may take ten requests. */
const BETWEEN_CATCH_UPS_MS = 10_000;
/** A page may stay open for weeks: so many that came in by themselves, and the list begins anew from its top. */
const MAX_ARRIVED = 500;
/** The same under a reader: who lets so many go by is away. */
const MAX_ARRIVED_UNDER_READER = 2_000;
/** An alert is told some time after its row was written. */
const TOLD_LATE_MS = 10 * 60_000;

/** @param isReading whether alerts that come in would move what the reader looks at */
export const createAlertFeed = (
  api: Api,
  live: Live,
  { store, kind }: Omit<AlertFilter, "item">,
  isReading: () => boolean,
): AlertFeed => {
  const known = new Map<string, AlertView>();
  const fresh = new Set<string>();
  const held = signal<ReadonlySet<string>>(new Set());
  const loaded = signal<readonly AlertView[]>([]);
  const state = signal<FeedState>({ state: "loading" });
  const closed = new AbortController();
  // What ran out is paired with what came back, so both are asked for; `low` stands for itself.
  const asked: AlertFilter = { store, kind: kind === "low" ? kind : undefined };
  let cursor: string | undefined;
  let loadingMore = new AbortController();
  let catchingUp: ReturnType<typeof setTimeout> | undefined;
  let caughtUpAt = Number.NEGATIVE_INFINITY;
  let gapFrom: number | undefined;
  let arrived = 0;
  /** What events told while a list was read that does not have it. */
  let heard: AlertView[] | undefined;

  const matches = (alert: AlertView): boolean => kind === undefined || alert.kind === kind;
  const publish = (): void => {
    loaded.value = [...known.values()].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  };
  const add = (alerts: readonly AlertView[]): void => {
    for (const alert of alerts) known.set(keyOf(alert), alert);
  };

  const loadMore = async (): Promise<void> => {
    const own = new AbortController();
    loadingMore = own;
    const signal = AbortSignal.any([closed.signal, own.signal]);
    state.value = { state: "loading" };
    try {
      let [found, pages] = [0, 0];
      for await (const page of askAlerts(api, asked, { signal, from: cursor })) {
        // The list began anew meanwhile: what is behind the old cursor does not join on to it.
        signal.throwIfAborted();
        add(page.items);
        found += page.items.filter(matches).length;
        pages += 1;
        cursor = page.cursor;
        if (found >= STEP || pages === MAX_PAGES) break;
      }
      publish();
      state.value = endOf(cursor, found);
    } catch (error) {
      if (signal.aborted) return;
      publish();
      state.value = { state: "failed", error };
    }
  };

  /** Those that come in while the reader is further down wait. */
  const arrive = (alerts: readonly AlertView[]): void => {
    const unknown = alerts.filter((alert) => !known.has(keyOf(alert)));
    const added = unknown.filter(matches).map(keyOf);
    add(unknown);
    arrived += unknown.length;
    for (const key of added) fresh.add(key);
    if (isReading() && added.length > 0) held.value = new Set([...held.value, ...added]);
    publish();
  };

  const newestAt = (): number => Date.parse(loaded.value[0]?.at ?? "1970-01-01T00:00:00Z");
  const isCrowded = (): boolean => arrived >= (isReading() ? MAX_ARRIVED_UNDER_READER : MAX_ARRIVED);

  /** The top of the list takes the place of all that is known. */
  const beginAnew = (top: readonly AlertView[], next: string | undefined): void => {
    loadingMore.abort();
    known.clear();
    fresh.clear();
    held.value = new Set();
    arrived = 0;
    add(top);
    add(heard ?? []);
    cursor = next;
    publish();
    state.value = endOf(next, top.filter(matches).length);
  };

  /** Reads from the newest one back to what was known before something was missed, or begins anew. */
  const readTop = async (until: number): Promise<void> => {
    const isAnew = isCrowded();
    const top: AlertView[] = [];
    let [pages, next]: [number, string | undefined] = [0, undefined];
    for await (const page of askAlerts(api, asked, { signal: closed.signal })) {
      top.push(...page.items);
      pages += 1;
      next = page.cursor;
      const oldest = page.items.at(-1);
      if (!isAnew && oldest && Date.parse(oldest.at) < until) return arrive(top);
      if (pages === MAX_PAGES || (isAnew && top.filter(matches).length >= STEP)) break;
    }
    // The whole list has no gap; of a longer one there are too many to close it.
    if (!isAnew && next === undefined) arrive(top);
    else beginAnew(top, next);
  };

  const catchUp = async (): Promise<void> => {
    const from = gapFrom ?? newestAt();
    gapFrom = undefined;
    heard = [];
    try {
      await readTop(from - TOLD_LATE_MS);
    } catch {
      if (closed.signal.aborted) return;
      gapFrom = from;
    }
    heard = undefined;
    catchingUp = undefined;
    caughtUpAt = Date.now();
    if (gapFrom !== undefined) askAgain(0);
  };

  const askAgain = (wait: number): void => {
    gapFrom ??= newestAt();
    const rest = caughtUpAt + BETWEEN_CATCH_UPS_MS - Date.now();
    catchingUp ??= setTimeout(catchUp, Math.max(wait, rest));
  };

  const stopHearing = live.on("alerts", (event: AlertsEvent) => {
    if (store !== undefined && event.store !== store) return;
    // A list with a gap would pair what ran out with a return that belongs to another time.
    if (event.more) {
      askAgain(ASK_AGAIN_MS);
      return;
    }
    heard?.push(...event.alerts);
    arrive(event.alerts);
    if (isCrowded()) askAgain(0);
  });
  const stopResetting = live.onReset(() => askAgain(0));
  void loadMore();
  return {
    loaded,
    shown: computed(() => loaded.value.filter((alert) => matches(alert) && !held.value.has(keyOf(alert)))),
    waiting: computed(() => held.value.size),
    state,
    fresh,
    showWaiting: () => {
      held.value = new Set();
    },
    loadMore: () => {
      if (state.value.state !== "loading") void loadMore();
    },
    close: () => {
      closed.abort();
      clearTimeout(catchingUp);
      stopHearing();
      stopResetting();
    },
  };
};

const endOf = (cursor: string | undefined, found: number): FeedState =>
  cursor === undefined ? { state: "complete" } : { state: "more", isRare: found < STEP };
