import { type ReadonlySignal, signal } from "@preact/signals";
import type { StoreView } from "@stockwire/contracts/views";
import type { Api } from "../api/client.ts";
import { walkPages } from "../api/walk-pages.ts";
import { collator } from "../format.ts";
import type { Live } from "../live/live.ts";
import { type Caller, mayRead } from "../session/caller.ts";
import type { Loaded } from "../ui/use-loaded.ts";

/** All stores that the caller may see, by name, kept as they change. */
export interface Stores {
  readonly list: ReadonlySignal<Loaded<readonly StoreView[]>>;
  readonly reload: () => void;
  readonly close: () => void;
}

const PAGE = 1_000;
/** All pages hear of a reset, and not all are to ask at once. */
const SCATTER_MS = 1_000;

export const createStores = (api: Api, live: Live, caller: Caller): Stores => {
  const list = signal<Loaded<readonly StoreView[]>>({ state: "loading" });
  /** What was heard last of each store; an answer that was read before it does not take it back. */
  const heard = new Map<string, StoreView>();
  let loading = new AbortController();
  let again: ReturnType<typeof setTimeout> | undefined;

  const load = async (): Promise<void> => {
    clearTimeout(again);
    again = undefined;
    loading.abort();
    loading = new AbortController();
    const { signal } = loading;
    try {
      const found = new Map<string, StoreView>();
      for await (const page of walkPages<StoreView>(api, "/v1/stores", { limit: PAGE }, signal)) {
        for (const store of page) found.set(store.store, store);
      }
      for (const summary of heard.values()) {
        const standing = found.get(summary.store);
        if (!standing || standing.revision < summary.revision) found.set(summary.store, summary);
      }
      heard.clear();
      list.value = { state: "ready", value: byName([...found.values()]) };
    } catch (error) {
      if (!signal.aborted) list.value = { state: "failed", error };
    }
  };

  const stopHearing = live.on("stock", ({ summary }) => {
    if (!summary) return;
    if ((heard.get(summary.store)?.revision ?? 0) >= summary.revision) return;
    heard.set(summary.store, summary);
    if (list.value.state !== "ready") return;
    const { value } = list.value;
    const standing = value.find(({ store }) => store === summary.store);
    if (standing && standing.revision >= summary.revision) return;
    list.value = {
      state: "ready",
      value: standing ? replaced(value, summary) : byName([...value, summary]),
    };
  });
  const stopResetting = live.onReset(() => {
    again ??= setTimeout(load, Math.random() * SCATTER_MS);
  });
  if (mayRead(caller)) void load();
  return {
    list,
    reload: () => {
      list.value = { state: "loading" };
      void load();
    },
    close: () => {
      clearTimeout(again);
      loading.abort();
      stopHearing();
      stopResetting();
    },
  };
};

const replaced = (stores: readonly StoreView[], next: StoreView): readonly StoreView[] =>
  stores.map((store) => (store.store === next.store ? next : store));

const byName = (stores: readonly StoreView[]): readonly StoreView[] =>
  [...stores].sort((a, b) => collator.compare(a.store, b.store));
