import { useEffect, useRef, useState } from "preact/hooks";
import { theme } from "../shell/theme.ts";
import type { DrawnChart } from "./draw-chart.ts";
import "./chart.css";

export interface ChartData {
  /** Milliseconds, in order. */
  readonly moments: readonly number[];
  /** By line; null: nothing there. */
  readonly ys: readonly (readonly (number | null)[])[];
}

export interface ChartLine {
  /** `dashed`: points that are known, joined lightly. */
  readonly kind: "steps" | "bars" | "dashed" | "solid";
  /** Names of colour tokens. */
  readonly colour: string;
  readonly wash?: string;
}

interface ChartProps {
  /** What is to be seen, in words, for whoever does not see it. */
  readonly label: string;
  readonly data: ChartData;
  /** Must stay the same while the chart stands. */
  readonly lines: readonly ChartLine[];
  /** Pixels. */
  readonly height: number;
  readonly isCount?: boolean;
  readonly isByDay?: boolean;
  /** What to say of the point under the pointer. */
  readonly describe: (index: number) => string;
}

/** A chart of its final height from the beginning; what draws it is loaded when the first one is shown. */
export const Chart = (props: ChartProps) => {
  const { label, data, lines, height, isCount = false, isByDay = false, describe } = props;
  const element = useRef<HTMLDivElement>(null);
  const drawn = useRef<DrawnChart>(undefined);
  const latest = useRef(data);
  const [point, setPoint] = useState<number>();
  const [hasFailed, setFailed] = useState(false);
  latest.current = data;

  useEffect(() => {
    let isGone = false;
    const stops: (() => void)[] = [];
    const draw = async (): Promise<void> => {
      const { drawChart } = await import("./draw-chart.ts");
      const host = element.current;
      if (isGone || !host) return;
      const options = { lines, height, isCount, isByDay, onPoint: setPoint };
      const chart = drawChart(host, latest.current, options);
      drawn.current = chart;
      const sizes = new ResizeObserver(() => chart.resize(host.clientWidth));
      sizes.observe(host);
      stops.push(() => sizes.disconnect(), onColours(chart.redraw), chart.destroy);
    };
    draw().catch(() => setFailed(true));
    return () => {
      isGone = true;
      drawn.current = undefined;
      for (const stop of stops) stop();
    };
  }, [lines, height, isCount, isByDay]);
  useEffect(() => drawn.current?.show(data), [data]);

  return (
    <figure class="chart">
      <div role="img" aria-label={label} ref={element} class="chart-plot" style={{ height: `${height}px` }}>
        {hasFailed && <span class="muted">The chart could not be loaded.</span>}
      </div>
      <figcaption class="chart-point muted" aria-hidden="true">
        {point !== undefined && point < data.moments.length ? describe(point) : "\u00a0"}
      </figcaption>
    </figure>
  );
};

/** Calls `redraw` once other colours hold, by the page's switch or the system's. */
const onColours = (redraw: () => void): (() => void) => {
  const later = (): void => void requestAnimationFrame(redraw);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", later);
  const stop = theme.subscribe(later);
  return () => {
    dark.removeEventListener("change", later);
    stop();
  };
};
