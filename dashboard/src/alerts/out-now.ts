import { type ReadonlySignal, signal } from "@preact/signals";
import type { StockEvent } from "@stockwire/contracts/live-event";
import type { AlertView, StockItemView } from "@stockwire/contracts/views";
import type { Api } from "../api/client.ts";
import { ApiProblem } from "../api/problem.ts";
import { walkPages } from "../api/walk-pages.ts";
import type { Live } from "../live/live.ts";

/** What is out of stock now, of the stores that somebody asked about. */
export interface OutNow {
  /** Asks about stores that were not asked about before. */
  readonly lookAt: (stores: Iterable<string>) => void;
  /** Counts up with every change. */
  readonly revision: ReadonlySignal<number>;
  /** Whether it is known that the item is out since this very alert. */
  readonly isSince: (alert: AlertView) => boolean;
  readonly close: () => void;
}

const PAGE = 1_000;
const ASK_AGAIN_MS = 10_000;

export const createOutNow = (api: Api, live: Live): OutNow => {
  /** By store, each item that is out with the moment its row was written. */
  const known = new Map<string, Map<string, string>>();
  const wanted: string[] = [];
  const revision = signal(0);
  const closed = new AbortController();
  const again = new Set<ReturnType<typeof setTimeout>>();
  let isWalking = false;

  const read = async (store: string): Promise<void> => {
    const path = `/v1/stores/${encodeURIComponent(store)}/inventory`;
    const out = new Map<string, string>();
    const query = { level: "out", limit: PAGE };
    for await (const page of walkPages<StockItemView>(api, path, query, closed.signal)) {
      for (const { item, updatedAt } of page) out.set(item, updatedAt);
    }
    known.set(store, out);
    revision.value += 1;
  };

  /** One store after the other: this is the least urgent thing that the page asks for. */
  const walk = async (): Promise<void> => {
    if (isWalking) return;
    isWalking = true;
    for (let store = wanted.shift(); store !== undefined; store = wanted.shift()) {
      await read(store).catch((error: unknown) => {
        // Nothing is said of a store that cannot be asked; it is asked again with the next alert of it.
        if (!(error instanceof ApiProblem)) return;
        known.delete(store);
      });
      if (closed.signal.aborted) return;
    }
    isWalking = false;
  };

  const ask = (store: string): void => {
    if (!wanted.includes(store)) wanted.push(store);
    void walk();
  };
  const askLater = (store: string): void => {
    const timer = setTimeout(() => {
      again.delete(timer);
      ask(store);
    }, ASK_AGAIN_MS);
    again.add(timer);
  };

  const stopHearing = live.on("stock", ({ store, items, gone, more }: StockEvent) => {
    const out = known.get(store);
    if (!out) return;
    for (const { item, level, updatedAt } of items) {
      if (level === "out") out.set(item, updatedAt);
      else out.delete(item);
    }
    for (const { item } of gone) out.delete(item);
    revision.value += 1;
    if (more) askLater(store);
  });
  const stopResetting = live.onReset(() => {
    for (const store of known.keys()) ask(store);
  });
  return {
    revision,
    lookAt: (stores) => {
      for (const store of stores) {
        if (known.has(store)) continue;
        known.set(store, new Map());
        ask(store);
      }
    },
    // A row that stands as it was is not written again.
    isSince: ({ store, item, at }) => known.get(store)?.get(item) === at,
    close: () => {
      closed.abort();
      for (const timer of again) clearTimeout(timer);
      stopHearing();
      stopResetting();
    },
  };
};
