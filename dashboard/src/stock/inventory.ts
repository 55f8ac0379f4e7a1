import { type ReadonlySignal, signal } from "@preact/signals";
import type { StockEvent } from "@stockwire/contracts/live-event";
import type { StockItemView } from "@stockwire/contracts/views";
import type { Api } from "../api/client.ts";
import { ApiProblem } from "../api/problem.ts";
import { walkPages } from "../api/walk-pages.ts";
import type { Live } from "../live/live.ts";
import { createSortedNames } from "./sorted-names.ts";

/** One store's items as they stand now, filled page by page and kept by live events. */
export interface Inventory {
  readonly items: ReadonlyMap<string, StockItemView>;
  /** Items by name as people sort them. */
  readonly byName: () => readonly StockItemView[];
  /** Counts up with every change of the above. */
  readonly revision: ReadonlySignal<number>;
  readonly progress: ReadonlySignal<Progress>;
  /** When an item was last changed by an event, in milliseconds of the page's clock. */
  readonly changedAt: ReadonlyMap<string, number>;
  readonly reload: () => void;
  readonly close: () => void;
}

type Progress =
  | { readonly state: "loading" | "complete" }
  | { readonly state: "failed"; readonly error: unknown };

const PAGE = 1_000;
/** Between two walks over all items: many events may ask for one. */
const WALK_AGAIN_MS = 10_000;
/** Every open page of the store hears the same event, and not all are to ask at once. */
const SCATTER_MS = 1_000;
/** How long a retired item is remembered, so that an older event that comes late does not bring it back. */
const REMEMBER_GONE_MS = 60_000;
/** Items whose last change is remembered: more than come in while pages are read. */
const MAX_REMEMBERED = 5_000;

export const createInventory = (api: Api, live: Live, store: string): Inventory => {
  const items = new Map<string, StockItemView>();
  const changedAt = new Map<string, number>();
  const names = createSortedNames();
  const revision = signal(0);
  const progress = signal<Progress>({ state: "loading" });
  const closed = new AbortController();
  /** When an item was retired, by the worker's clock, and until when that is remembered, by the page's. */
  const gone = new Map<string, { readonly at: string; readonly until: number }>();
  let isWalking = false;
  let walkedAt = Number.NEGATIVE_INFINITY;
  let isWanted = false;
  let again: ReturnType<typeof setTimeout> | undefined;

  const set = (item: StockItemView): void => {
    if (!items.has(item.item)) names.add(item.item);
    items.set(item.item, item);
  };
  const remove = (name: string): void => {
    if (items.delete(name)) names.remove(name);
  };
  /** Unless what stands, or that it was retired, is as new. */
  const put = (item: StockItemView): boolean => {
    const standing = items.get(item.item)?.updatedAt ?? gone.get(item.item)?.at;
    if (standing !== undefined && standing >= item.updatedAt) return false;
    gone.delete(item.item);
    set(item);
    return true;
  };

  /** Reads all items once; throws where a page cannot be read. */
  const walk = async (): Promise<void> => {
    const started = performance.now();
    const seen = new Set<string>();
    const path = `/v1/stores/${encodeURIComponent(store)}/inventory`;
    for await (const page of walkPages<StockItemView>(api, path, { limit: PAGE }, closed.signal)) {
      for (const item of page) {
        seen.add(item.item);
        // What came in by an event meanwhile may be newer than the page; everything else gives way to it.
        if ((changedAt.get(item.item) ?? 0) >= started || gone.has(item.item)) put(item);
        else set(item);
      }
      revision.value += 1;
    }
    for (const name of items.keys()) {
      // What the store no longer has, unless it came after the pages had passed it.
      if (!seen.has(name) && (changedAt.get(name) ?? 0) < started) remove(name);
    }
  };

  /** One walk at a time; whoever asks for one meanwhile gets the next. */
  const load = async (): Promise<void> => {
    clearTimeout(again);
    again = undefined;
    if (isWalking) {
      isWanted = true;
      return;
    }
    isWalking = true;
    isWanted = false;
    if (items.size === 0) progress.value = { state: "loading" };
    try {
      await walk();
      progress.value = { state: "complete" };
    } catch (error) {
      if (closed.signal.aborted) return;
      progress.value = { state: "failed", error };
      isWanted = error instanceof ApiProblem && error.status !== 404;
    } finally {
      isWalking = false;
      walkedAt = performance.now();
    }
    revision.value += 1;
    if (isWanted) loadSoon();
  };
  const loadSoon = (): void => {
    const rest = Math.max(0, walkedAt + WALK_AGAIN_MS - performance.now());
    again ??= setTimeout(load, rest + Math.random() * SCATTER_MS);
  };

  const apply = (event: StockEvent): void => {
    const at = performance.now();
    for (const item of event.items) if (put(item)) changedAt.set(item.item, at);
    for (const [name, { until }] of gone) if (until < at) gone.delete(name);
    for (const { item, updatedAt } of event.gone) {
      const standing = items.get(item);
      if (standing && standing.updatedAt > updatedAt) continue;
      gone.set(item, { at: updatedAt, until: at + REMEMBER_GONE_MS });
      remove(item);
    }
    for (const name of changedAt.keys()) {
      if (changedAt.size <= MAX_REMEMBERED) break;
      changedAt.delete(name);
    }
    revision.value += 1;
    if (event.more) loadSoon();
  };

  const stopHearing = live.on("stock", (event) => {
    if (event.store === store) apply(event);
  });
  const stopResetting = live.onReset(loadSoon);
  void load();
  return {
    items,
    byName: () => names.sorted().flatMap((name) => items.get(name) ?? []),
    revision,
    progress,
    changedAt,
    reload: () => void load(),
    close: () => {
      clearTimeout(again);
      closed.abort();
      stopHearing();
      stopResetting();
    },
  };
};
