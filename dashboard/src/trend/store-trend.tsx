import { useMemo } from "preact/hooks";
import { messageOf } from "../api/problem.ts";
import { formatCount, formatMoment } from "../format.ts";
import { linkTo } from "../router.ts";
import type { Inventory } from "../stock/inventory.ts";
import { Chart, type ChartLine } from "../ui/chart.tsx";
import { now } from "../ui/time.tsx";
import { countOutages, type OutTrend } from "./count-outages.ts";
import { useAlertHistory } from "./use-alert-history.ts";
import "./trend.css";

const HEIGHT = 120;
const LINES: readonly ChartLine[] = [{ kind: "steps", colour: "--out", wash: "--out-wash" }];

/** How many items of a store were out of stock, over time. It takes its place at once, whatever it shows. */
export const StoreTrend = ({ store, inventory }: { store: string; inventory: Inventory }) => {
  const [history, reload] = useAlertHistory(store);
  const isComplete = inventory.progress.value.state === "complete";
  const revision = inventory.revision.value;
  const minute = now.value;
  const outNow = useMemo(
    () =>
      new Map(
        [...inventory.items.values()]
          .filter(({ level }) => level === "out")
          .map(({ item, updatedAt }) => [item, updatedAt]),
      ),
    [inventory, revision],
  );
  const trend = useMemo(() => {
    if (history.state !== "ready" || !isComplete) return undefined;
    const { newestFirst, from } = history.value;
    const newest = Date.parse(newestFirst[0]?.at ?? "") || 0;
    return countOutages(newestFirst, outNow, from, Math.max(minute, newest));
  }, [history, isComplete, outNow, minute]);
  return (
    <section class="trend card" aria-labelledby="out-over-time">
      <h2 id="out-over-time">Out of stock over time</h2>
      <div class="trend-body">
        {history.state === "failed" && (
          <p class="trend-empty" role="alert">
            {messageOf(history.error)}{" "}
            <button type="button" onClick={reload}>
              Try again
            </button>
          </p>
        )}
        {trend && <OutChart trend={trend} />}
      </div>
      <p class="hint">
        Only transitions are kept for this, at most 30 days of them are read, and of items that are retired
        while out there is none. {unseen(trend?.unseenEnds ?? 0)}
        <a href={linkTo(["alerts"], { store })}>The alerts behind it</a>
      </p>
    </section>
  );
};

const unseen = (count: number): string => {
  if (count === 0) return "";
  return count === 1
    ? "One outage that ended so is left out. "
    : `${formatCount(count)} outages that ended so are left out. `;
};

const OutChart = ({ trend }: { trend: OutTrend }) => {
  const { steps } = trend;
  const data = useMemo(
    () => ({ moments: steps.map(({ at }) => at), ys: [steps.map(({ count }) => count)] }),
    [steps],
  );
  const counts = steps.map(({ count }) => count);
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) return null;
  const label =
    `Items out of stock since ${formatMoment(new Date(first.at).toISOString())}: ` +
    `${formatCount(first.count)} then, ${formatCount(last.count)} now, ` +
    `between ${formatCount(counts.reduce((a, b) => Math.min(a, b)))} and ` +
    `${formatCount(counts.reduce((a, b) => Math.max(a, b)))}`;
  return (
    <Chart
      label={label}
      data={data}
      lines={LINES}
      height={HEIGHT}
      isCount
      describe={(index) => describe(steps[index])}
    />
  );
};

const describe = (step: OutTrend["steps"][number] | undefined): string =>
  step ? `${formatMoment(new Date(step.at).toISOString())}: ${formatCount(step.count)} out` : "";
