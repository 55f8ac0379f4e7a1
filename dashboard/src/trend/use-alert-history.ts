import type { AlertView } from "@stockwire/contracts/views";
import { useEffect, useMemo, useState } from "preact/hooks";
import { askAlerts } from "../alerts/ask-alerts.ts";
import { keyOf } from "../alerts/pair-outages.ts";
import { usePage } from "../shell/context.ts";
import { type Loaded, useLoaded } from "../ui/use-loaded.ts";

export interface AlertHistory {
  readonly newestFirst: readonly AlertView[];
  /** Where it begins, in milliseconds: everything told since then is in it. */
  readonly from: number;
}

const LONGEST_MS = 30 * 86_400_000;
const PAGE = 1_000;
const MAX_PAGES = 8;
/** A large load tells of changes for a while: no need to ask at each of them. */
const ASK_AGAIN_MS = 5_000;

/** Alerts of a store, or of one of its items, of the last 30 days or as far as a few pages reach, kept as they come. */
export const useAlertHistory = (
  store: string,
  item?: string,
): readonly [Loaded<AlertHistory>, reload: () => void] => {
  const { api, live } = usePage();
  const [added, setAdded] = useState<readonly AlertView[]>([]);
  const key = `${store}\u001f${item ?? ""}`;
  const [loaded, reload] = useLoaded(async (signal): Promise<AlertHistory> => {
    const earliest = Date.now() - LONGEST_MS;
    const found: AlertView[] = [];
    let [from, pages] = [Number.NaN, 0];
    for await (const page of askAlerts(api, { store, item }, { signal, limit: PAGE })) {
      found.push(...page.items);
      pages += 1;
      const oldest = Date.parse(page.items.at(-1)?.at ?? "");
      if (!Number.isNaN(oldest)) from = oldest;
      if (from < earliest || pages === MAX_PAGES) break;
    }
    const newestFirst = found.filter(
      (alert) => (item === undefined || alert.item === item) && Date.parse(alert.at) >= earliest,
    );
    return { newestFirst, from: Number.isNaN(from) ? earliest : Math.max(from, earliest) };
  }, key);
  useEffect(() => {
    setAdded([]);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        reload();
      }, ASK_AGAIN_MS);
    };
    const stopHearing = live.on("alerts", (event) => {
      if (event.store !== store) return;
      if (event.more) again();
      const about = event.alerts.filter((alert) => item === undefined || alert.item === item);
      if (about.length > 0) setAdded((before) => [...about, ...before]);
    });
    const stopResetting = live.onReset(again);
    return () => {
      clearTimeout(timer);
      stopHearing();
      stopResetting();
    };
  }, [live, store, item, reload]);
  return [useMemo(() => withAdded(loaded, added), [loaded, added]), reload];
};

const withAdded = (loaded: Loaded<AlertHistory>, added: readonly AlertView[]): Loaded<AlertHistory> => {
  if (loaded.state !== "ready" || added.length === 0) return loaded;
  const all = new Map([...loaded.value.newestFirst, ...added].map((alert) => [keyOf(alert), alert]));
  const newestFirst = [...all.values()].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  return { state: "ready", value: { ...loaded.value, newestFirst } };
};
