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
  let catchingUp: ReturnType<typeof setTimeout> | undefined;
  let gapFrom: number | undefined;

  const matches = (alert: AlertView): boolean => kind === undefined || alert.kind === kind;
  const publish = (): void => {
    loaded.value = [...known.values()].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  };
  const add = (alerts: readonly AlertView[]): void => {
    for (const alert of alerts) known.set(keyOf(alert), alert);
  };

  const loadMore = async (): Promise<void> => {
    state.value = { state: "loading" };
    try {
      let [found, pages] = [0, 0];
      const options = { signal: closed.signal, from: cursor };
      for await (const page of askAlerts(api, asked, options)) {
        add(page.items);
        found += page.items.filter(matches).length;
        pages += 1;
        cursor = page.cursor;
        if (found >= STEP || pages === MAX_PAGES) break;
      }
      publish();
      state.value = cursor === undefined ? { state: "complete" } : { state: "more", isRare: found < STEP };
    } catch (error) {
      publish();
      if (!closed.signal.aborted) state.value = { state: "failed", error };
    }
  };

  /** Those that come in while the reader is further down wait. */
  const arrive = (alerts: readonly AlertView[]): void => {
    const added = alerts.filter((alert) => !known.has(keyOf(alert)) && matches(alert)).map(keyOf);
    add(alerts);
    for (const key of added) fresh.add(key);
    if (isReading() && added.length > 0) held.value = new Set([...held.value, ...added]);
    publish();
  };

  const newestAt = (): number => Date.parse(loaded.value[0]?.at ?? "1970-01-01T00:00:00Z");

  /** Reads from the newest one back to what was known before something was missed. */
  const catchUp = async (): Promise<void> => {
    catchingUp = undefined;
    const until = (gapFrom ?? newestAt()) - TOLD_LATE_MS;
    gapFrom = undefined;
    const missed: AlertView[] = [];
    try {
      let pages = 0;
      for await (const page of askAlerts(api, asked, { signal: closed.signal })) {
        missed.push(...page.items);
        const oldest = page.items.at(-1);
        pages += 1;
        if (oldest && Date.parse(oldest.at) < until) break;
        if (pages < MAX_PAGES || page.cursor === undefined) continue;
        // Too many to close the gap: begin anew from here.
        known.clear();
        cursor = page.cursor;
        state.value = { state: "more", isRare: false };
        break;
      }
      arrive(missed);
    } catch {
      if (closed.signal.aborted) return;
      gapFrom = until + TOLD_LATE_MS;
      catchingUp ??= setTimeout(catchUp, ASK_AGAIN_MS);
    }
  };

  const askAgain = (wait: number): void => {
    gapFrom ??= newestAt();
    catchingUp ??= setTimeout(catchUp, wait);
  };

  const stopHearing = live.on("alerts", (event: AlertsEvent) => {
    if (store !== undefined && event.store !== store) return;
    // A list with a gap would pair what ran out with a return that belongs to another time.
    if (event.more) askAgain(ASK_AGAIN_MS);
    else arrive(event.alerts);
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
