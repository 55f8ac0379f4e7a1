import type { AlertView } from "@stockwire/contracts/views";
import { useEffect, useMemo, useState } from "preact/hooks";
import { askAlerts } from "../alerts/ask-alerts.ts";
import { usePage } from "../shell/context.ts";
import { now } from "../ui/time.tsx";
import { type Loaded, useLoaded } from "../ui/use-loaded.ts";
import { type AlertHistory, type Heard, heardSince, mergeHistory } from "./merge-history.ts";

const LONGEST_MS = 30 * 86_400_000;
const PAGE = 1_000;
const MAX_PAGES = 8;
/** A large load tells of changes for a while: no need to ask at each of them. */
const ASK_AGAIN_MS = 5_000;
/** So many heard ones are enough to ask for all anew: a page may stay open for weeks. */
const MAX_HEARD = 500;

/** Alerts of a store, or of one of its items, of the last 30 days or as far as a few pages reach, kept as they come. */
export const useAlertHistory = (
  store: string,
  item?: string,
): readonly [Loaded<AlertHistory>, reload: () => void] => {
  const { api, live } = usePage();
  const [heard, setHeard] = useState<readonly Heard[]>([]);
  const minute = now.value;
  const key = `${store}\u001f${item ?? ""}`;
  const [loaded, reload] = useLoaded(async (signal): Promise<AlertHistory> => {
    const asked = Date.now();
    const earliest = asked - LONGEST_MS;
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
    if (!signal.aborted) setHeard((before) => heardSince(before, asked));
    return { newestFirst, from: Number.isNaN(from) ? earliest : Math.max(from, earliest) };
  }, key);
  useEffect(() => {
    setHeard([]);
    let count = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        reload();
      }, ASK_AGAIN_MS);
    };
    const stopHearing = live.on("alerts", (event) => {
      if (event.store !== store) return;
      const at = Date.now();
      if (event.more) again();
      const about = event.alerts.filter((alert) => item === undefined || alert.item === item);
      if (about.length === 0) return;
      setHeard((before) => [...about.map((alert) => ({ alert, at })), ...before]);
      count += about.length;
      if (count < MAX_HEARD) return;
      count = 0;
      again();
    });
    const stopResetting = live.onReset(again);
    return () => {
      clearTimeout(timer);
      stopHearing();
      stopResetting();
    };
  }, [live, store, item, reload]);
  const history = useMemo((): Loaded<AlertHistory> => {
    if (loaded.state !== "ready") return loaded;
    return { state: "ready", value: mergeHistory(loaded.value, heard, minute - LONGEST_MS) };
  }, [loaded, heard, minute]);
  return [history, reload];
};
