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

export const createStores = (api: Api, live: Live, caller: Caller): Stores => {
  const list = signal<Loaded<readonly StoreView[]>>({ state: "loading" });
  let loading = new AbortController();

  const load = async (): Promise<void> => {
    loading.abort();
    loading = new AbortController();
    const { signal } = loading;
    try {
      const found: StoreView[] = [];
      for await (const page of walkPages<StoreView>(api, "/v1/stores", { limit: PAGE }, signal))
        found.push(...page);
      list.value = { state: "ready", value: byName(found) };
    } catch (error) {
      if (!signal.aborted) list.value = { state: "failed", error };
    }
  };

  const stopHearing = live.on("stock", ({ summary }) => {
    if (!summary || list.value.state !== "ready") return;
    const { value } = list.value;
    const standing = value.find(({ store }) => store === summary.store);
    if (standing && standing.lastLoadAt > summary.lastLoadAt) return;
    const others = value.filter(({ store }) => store !== summary.store);
    list.value = {
      state: "ready",
      value: standing ? replaced(value, summary) : byName([...others, summary]),
    };
  });
  const stopResetting = live.onReset(() => void load());
  if (mayRead(caller)) void load();
  return {
    list,
    reload: () => {
      list.value = { state: "loading" };
      void load();
    },
    close: () => {
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
