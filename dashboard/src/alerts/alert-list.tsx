import { useEffect, useMemo, useRef } from "preact/hooks";
import { formatCount, formatDayOfMoment } from "../format.ts";
import { usePage } from "../shell/context.ts";
import { Failure, Notice, Skeleton } from "../ui/notice.tsx";
import { now } from "../ui/time.tsx";
import { useNearWindow } from "../ui/use-near-window.ts";
import { type AlertFeed, createAlertFeed } from "./alert-feed.ts";
import { AlertFilterTools, type Kind } from "./alert-filter.tsx";
import { AlertRow } from "./alert-row.tsx";
import { createOutNow } from "./out-now.ts";
import { groupByDay, keyOf, pairOutages } from "./pair-outages.ts";

/** Pixels from the top up to which new alerts are put in at once. */
const AT_TOP = 80;
const isReading = (): boolean => window.scrollY > AT_TOP;

/** Alerts of a store or of all, of a kind or of all, newest first and live. */
export const AlertList = ({ store, kind }: { store: string | undefined; kind: Kind | undefined }) => {
  const { api, live } = usePage();
  const feed = useMemo(
    () => createAlertFeed(api, live, { store, kind }, isReading),
    [api, live, store, kind],
  );
  const outNow = useMemo(() => createOutNow(api, live), [api, live]);
  useEffect(() => () => feed.close(), [feed]);
  useEffect(() => () => outNow.close(), [outNow]);
  useShownAtTop(feed);
  const loaded = feed.loaded.value;
  const shown = feed.shown.value;
  const state = feed.state.value;
  const endings = useMemo(() => pairOutages(loaded), [loaded]);
  const days = useMemo(() => groupByDay(shown), [shown]);
  useEffect(() => {
    const open = shown.filter((alert) => endings.get(keyOf(alert))?.kind === "open");
    outNow.lookAt(new Set(open.map((alert) => alert.store)));
  }, [shown, endings, outNow]);
  // What is said of an outage follows it.
  outNow.revision.value;
  return (
    <>
      <AlertFilterTools store={store} kind={kind} />
      <p class="new-alerts" role="status">
        {feed.waiting.value > 0 && (
          <button type="button" class="primary" onClick={() => showNew(feed)}>
            {feed.waiting.value === 1 ? "1 new alert" : `${formatCount(feed.waiting.value)} new alerts`}
          </button>
        )}
      </p>
      {days.map(({ day, alerts }) => (
        <section key={day} class="alert-day">
          <h2>{formatDayOfMoment(day, now.value)}</h2>
          <ul>
            {alerts.map((alert) => {
              const key = keyOf(alert);
              return (
                <AlertRow
                  key={key}
                  alert={alert}
                  ending={endings.get(key)}
                  isStillOut={outNow.isSince(alert)}
                  isFresh={feed.fresh.has(key)}
                  showStore={store === undefined}
                />
              );
            })}
          </ul>
        </section>
      ))}
      {state.state === "complete" && shown.length === 0 && (
        <Notice title="No such alerts">
          <p>What runs out, runs low or comes back appears here.</p>
        </Notice>
      )}
      {state.state === "loading" && <Skeleton lines={shown.length === 0 ? 9 : 2} label="Loading alerts" />}
      {state.state === "failed" && <Failure error={state.error} retry={feed.loadMore} />}
      {state.state === "more" && <More feed={feed} isRare={state.isRare} oldest={loaded.at(-1)?.at} />}
      {state.state === "complete" && shown.length > 0 && <p class="list-end muted">These are all.</p>}
    </>
  );
};

interface MoreProps {
  readonly feed: AlertFeed;
  readonly isRare: boolean;
  readonly oldest: string | undefined;
}

const More = ({ feed, isRare, oldest }: MoreProps) => {
  const button = useRef<HTMLButtonElement>(null);
  useNearWindow(button, isRare ? undefined : feed.loadMore);
  return (
    <p class="list-end">
      <button type="button" ref={button} onClick={feed.loadMore}>
        {oldest === undefined
          ? "Load more"
          : `Load more, before ${formatDayOfMoment(Date.parse(oldest), now.value)}`}
      </button>
    </p>
  );
};

const showNew = (feed: AlertFeed): void => {
  window.scrollTo({ top: 0 });
  feed.showWaiting();
};

/** Who scrolls back to the top sees what waited. */
const useShownAtTop = (feed: AlertFeed): void => {
  useEffect(() => {
    const onScroll = (): void => {
      if (!isReading() && feed.waiting.value > 0) feed.showWaiting();
    };
    window.addEventListener("scroll", onScroll, { passive: true });
    return () => window.removeEventListener("scroll", onScroll);
  }, [feed]);
};
