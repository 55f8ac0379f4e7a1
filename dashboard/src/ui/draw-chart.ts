import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { ChartData, ChartLine } from "./chart.tsx";

/** A chart that stands in an element. */
export interface DrawnChart {
  readonly show: (data: ChartData) => void;
  readonly resize: (width: number) => void;
  /** With the colours as they are now. */
  readonly redraw: () => void;
  readonly destroy: () => void;
}

const FONT = "12px system-ui, sans-serif";
/** Pixels for the labels of the axis of values. */
const LABELS_WIDTH = 56;
const WHOLE_STEPS = [1, 2, 5].flatMap((step) => Array.from({ length: 9 }, (_, power) => step * 10 ** power));

/**
 * @param lines as many as `data.ys` has, in its order
 * @param options.isCount whether values are whole numbers
 * @param options.isByDay whether moments are UTC midnights, each of a day
 */
export const drawChart = (
  element: HTMLElement,
  data: ChartData,
  options: {
    readonly lines: readonly ChartLine[];
    readonly height: number;
    readonly isCount: boolean;
    readonly isByDay: boolean;
    readonly onPoint: (index: number | undefined) => void;
  },
): DrawnChart => {
  const { lines, height, isCount, isByDay, onPoint } = options;
  const colour = (name: string) => () => resolveColour(element, name);
  const numbers = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
  const grid = { stroke: colour("--line"), width: 1 };
  const axis: uPlot.Axis = { font: FONT, stroke: colour("--muted"), grid, ticks: { show: false } };
  const chart = new uPlot(
    {
      width: Math.max(element.clientWidth, 100),
      height,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false, points: { size: 8 } },
      ...(isByDay && { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC") }),
      scales: {
        // Of a single moment uPlot makes a range of a thousand days.
        x: {
          time: true,
          range: ({ data: [moments] }, min, max) =>
            paddedRange(min, moments.length === 1 ? min : max, isByDay),
        },
        y: { range: (_, min, max) => [Math.min(0, min ?? 0), Math.max(1, (max ?? 0) * 1.12)] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 26,
          space: 80,
          values: (_, moments) => momentLabels(moments, isByDay),
          ...(isByDay && { incrs: [1, 2, 7, 14, 30, 90, 180, 365, 730].map((days) => days * 86_400) }),
        },
        {
          ...axis,
          size: LABELS_WIDTH,
          space: 28,
          values: (_, values) => values.map((value) => numbers.format(value)),
          ...(isCount && { incrs: WHOLE_STEPS.sort((a, b) => a - b) }),
        },
      ],
      series: [{}, ...lines.map((line) => seriesOf(line, colour))],
      hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? undefined)] },
    },
    aligned(data),
    element,
  );
  return {
    show: (next) => chart.setData(aligned(next)),
    resize: (width) => chart.setSize({ width: Math.max(width, 100), height }),
    redraw: () => chart.redraw(false, true),
    destroy: () => chart.destroy(),
  };
};

const seriesOf = (line: ChartLine, colour: (name: string) => () => string): uPlot.Series => {
  const stroke = colour(line.colour);
  const { bars, stepped, linear } = uPlot.paths;
  if (line.kind === "bars" && bars) {
    return { stroke, fill: stroke, width: 0, points: { show: false }, paths: bars({ size: [0.7, 36, 3] }) };
  }
  if (line.kind === "steps" && stepped) {
    const fill = line.wash === undefined ? {} : { fill: colour(line.wash) };
    return { stroke, ...fill, width: 2, points: { show: false }, paths: stepped({ align: 1 }) };
  }
  // A line that is known has gaps; what joins known points has none.
  const spanGaps = line.kind === "dashed";
  const points = { show: line.kind === "dashed", size: 6, fill: stroke, stroke };
  const dash = line.kind === "dashed" ? { dash: [3, 5], width: 1 } : { width: 2 };
  return { stroke, ...dash, spanGaps, points, ...(linear && { paths: linear() }) };
};

const aligned = ({ moments, ys }: ChartData): uPlot.AlignedData =>
  [moments.map((moment) => moment / 1000), ...ys.map((values) => [...values])] as uPlot.AlignedData;

/** Days need half a bar at both ends, and a single moment some room around it. */
const paddedRange = (min: number, max: number, isByDay: boolean): [number, number] => {
  if (isByDay) {
    const pad = max > min ? Math.max(86_400, (max - min) * 0.03) : 14 * 86_400;
    return [min - pad, max + pad];
  }
  return max > min ? [min, max] : [min - 3_600, max + 3_600];
};

const DAY_SECONDS = 86_400;

const momentLabels = (moments: readonly number[], isByDay: boolean): string[] => {
  const step = (moments[1] ?? Number.POSITIVE_INFINITY) - (moments[0] ?? 0);
  const zone = isByDay ? { timeZone: "UTC" } : {};
  const options: Intl.DateTimeFormatOptions =
    step < DAY_SECONDS && !isByDay
      ? { hour: "numeric", minute: "2-digit", ...(step < 60 && { second: "2-digit" }) }
      : step >= 300 * DAY_SECONDS
        ? { year: "numeric" }
        : step >= 28 * DAY_SECONDS
          ? { month: "short", year: "2-digit", ...zone }
          : { day: "numeric", month: "short", ...zone };
  const format = new Intl.DateTimeFormat(undefined, { ...options, ...zone });
  return moments.map((moment) => format.format(moment * 1000));
};

/** A canvas knows neither custom properties nor `light-dark()`: an element's computed colour does. */
const resolveColour = (element: HTMLElement, name: string): string => {
  const before = element.style.color;
  element.style.color = `var(${name})`;
  const { color } = getComputedStyle(element);
  element.style.color = before;
  return color;
};
