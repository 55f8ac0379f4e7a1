import { type ReadonlySignal, signal } from "@preact/signals";
import type { StockEvent } from "@stockwire/contracts/live-event";
import type { StockItemView } from "@stockwire/contracts/views";
import type { Api } from "../api/client.ts";
import { walkPages } from "../api/walk-pages.ts";
import { collator } from "../format.ts";
import type { Live } from "../live/live.ts";

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

export type Progress =
  | { readonly state: "loading" | "complete" }
  | { readonly state: "failed"; readonly error: unknown };

const PAGE = 1_000;
/** A load that changes more rows than events list goes on for a while: no need to ask at each of them. */
const ASK_AGAIN_MS = 10_000;
/** Items whose last change is remembered: more than come in while pages are read. */
const MAX_REMEMBERED = 5_000;

export const createInventory = (api: Api, live: Live, store: string): Inventory => {
  const items = new Map<string, StockItemView>();
  const changedAt = new Map<string, number>();
  const revision = signal(0);
  const progress = signal<Progress>({ state: "loading" });
  let loading = new AbortController();
  let again: ReturnType<typeof setTimeout> | undefined;
  let names: readonly string[] | undefined;
  /** Told as retired while pages come in, which may have been read before. */
  let gone = new Set<string>();

  const set = (item: StockItemView): void => {
    if (!items.has(item.item)) names = undefined;
    items.set(item.item, item);
  };
  /** Unless what stands is as new. */
  const put = (item: StockItemView): boolean => {
    const standing = items.get(item.item);
    if (standing && standing.updatedAt >= item.updatedAt) return false;
    set(item);
    return true;
  };

  const load = async (): Promise<void> => {
    clearTimeout(again);
    again = undefined;
    loading.abort();
    loading = new AbortController();
    const { signal } = loading;
    progress.value = { state: "loading" };
    gone = new Set();
    const seen = new Set<string>();
    const started = performance.now();
    try {
      const path = `/v1/stores/${encodeURIComponent(store)}/inventory`;
      for await (const page of walkPages<StockItemView>(api, path, { limit: PAGE }, signal)) {
        for (const item of page) {
          seen.add(item.item);
          if (gone.has(item.item)) continue;
          // What came in by an event meanwhile may be newer than the page; everything else gives way to it.
          if ((changedAt.get(item.item) ?? 0) >= started) put(item);
          else set(item);
        }
        revision.value += 1;
      }
      // What the store no longer has, unless it came after the pages had passed it.
      for (const name of items.keys()) {
        if (seen.has(name) || (changedAt.get(name) ?? 0) >= started) continue;
        items.delete(name);
        names = undefined;
      }
      progress.value = { state: "complete" };
      revision.value += 1;
    } catch (error) {
      if (!signal.aborted) progress.value = { state: "failed", error };
    }
  };

  const apply = (event: StockEvent): void => {
    const at = performance.now();
    for (const item of event.items) {
      gone.delete(item.item);
      if (put(item)) changedAt.set(item.item, at);
    }
    for (const { item: name } of event.gone) {
      gone.add(name);
      if (items.delete(name)) names = undefined;
    }
    for (const name of changedAt.keys()) {
      if (changedAt.size <= MAX_REMEMBERED) break;
      changedAt.delete(name);
    }
    revision.value += 1;
    if (!event.more) return;
    if (event.summary) void load();
    else again ??= setTimeout(load, ASK_AGAIN_MS);
  };

  const stopHearing = live.on("stock", (event) => {
    if (event.store === store) apply(event);
  });
  const stopResetting = live.onReset(() => void load());
  void load();
  return {
    items,
    byName: () => {
      names ??= [...items.keys()].sort(collator.compare);
      return names.flatMap((name) => items.get(name) ?? []);
    },
    revision,
    progress,
    changedAt,
    reload: () => void load(),
    close: () => {
      clearTimeout(again);
      loading.abort();
      stopHearing();
      stopResetting();
    },
  };
};
