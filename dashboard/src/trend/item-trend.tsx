import type { StockItemView } from "@stockwire/contracts/views";
import { useMemo } from "preact/hooks";
import { messageOf } from "../api/problem.ts";
import { formatCount, formatMoment } from "../format.ts";
import { Chart, type ChartLine } from "../ui/chart.tsx";
import { now } from "../ui/time.tsx";
import { itemCounts, type KnownCount } from "./item-counts.ts";
import { useAlertHistory } from "./use-alert-history.ts";
import "./trend.css";

const HEIGHT = 150;
const LINES: readonly ChartLine[] = [
  { kind: "dashed", colour: "--muted" },
  { kind: "solid", colour: "--accent" },
];

interface ItemTrendProps {
  readonly store: string;
  readonly item: string;
  /** Undefined where the store has no such item, or it is not known yet. */
  readonly present: StockItemView | undefined;
}

/** An item's count over time, as far as it is known. */
export const ItemTrend = ({ store, item, present }: ItemTrendProps) => {
  const [history, reload] = useAlertHistory(store, item);
  const minute = now.value;
  const counts = useMemo(
    () => (history.state === "ready" ? itemCounts(history.value.newestFirst, present, minute) : []),
    [history, present, minute],
  );
  return (
    <section class="item-trend" aria-labelledby="count-over-time">
      <h3 id="count-over-time">Count over time</h3>
      <div class="item-trend-body">
        {history.state === "failed" && (
          <p class="trend-empty" role="alert">
            {messageOf(history.error)}{" "}
            <button type="button" onClick={reload}>
              Try again
            </button>
          </p>
        )}
        {history.state === "ready" && counts.length > 1 && <CountChart item={item} counts={counts} />}
        {history.state === "ready" && counts.length <= 1 && (
          <p class="trend-empty muted">Nothing is kept of it.</p>
        )}
      </div>
      <p class="hint">
        Counts are kept only where an item ran out, ran low or came back, and of its last change: between
        points it may have been anything.
      </p>
      {counts.length > 1 && <CountTable counts={counts} />}
    </section>
  );
};

const CountChart = ({ item, counts }: { item: string; counts: readonly KnownCount[] }) => {
  const points = useMemo(() => withGaps(counts), [counts]);
  const data = useMemo(
    () => ({
      moments: points.map(({ at }) => at),
      ys: [points.map(({ count }) => count), points.map(({ count, isHeld }) => (isHeld ? count : null))],
    }),
    [points],
  );
  const last = counts.at(-1);
  const label = `Count of ${item}: ${counts.length} known counts, ${formatCount(last?.count ?? 0)} at last`;
  const describe = (index: number): string => {
    const { at, count } = points[index] ?? { at: 0, count: null };
    return count === null ? "" : `${formatMoment(new Date(at).toISOString())}: ${formatCount(count)}`;
  };
  return <Chart label={label} data={data} lines={LINES} height={HEIGHT} isCount describe={describe} />;
};

interface Point {
  readonly at: number;
  /** Null: nothing is known there. */
  readonly count: number | null;
  /** The end of a line that is known. */
  readonly isHeld: boolean;
}

/** Known counts, with a gap before each one that the count before does not reach. */
const withGaps = (counts: readonly KnownCount[]): readonly Point[] =>
  counts.flatMap(({ at, count, holds }, index) => {
    const point = { at, count, isHeld: holds || counts[index + 1]?.holds === true };
    const before = counts[index - 1];
    if (holds || before === undefined) return [point];
    return [{ at: (before.at + at) / 2, count: null, isHeld: false }, point];
  });

const CountTable = ({ counts }: { counts: readonly KnownCount[] }) => (
  <details>
    <summary>As a table</summary>
    <table>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col" class="number">
            Count
          </th>
        </tr>
      </thead>
      <tbody>
        {counts.toReversed().map(({ at, count }, index) => (
          <tr key={`${at} ${index}`}>
            <td>{formatMoment(new Date(at).toISOString())}</td>
            <td class="number">{formatCount(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </details>
);
