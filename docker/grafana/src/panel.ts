/** What a panel shows, without Grafana's words for it. */
export interface Panel {
  readonly kind: "stat" | "timeseries";
  readonly title: string;
  /** What it means and what is normal; shown behind the (i). */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  readonly steps: readonly Step[];
  /** Areas on top of each other, where the sum means something. */
  readonly stacked: boolean;
}

interface Query {
  readonly expr: string;
  /** Grafana's legend format: `{{label}}` stands for a label's value. */
  readonly legend: string;
}

/** From `from` on, the value has this colour; the first step has no lower bound. */
export interface Step {
  readonly from: number | null;
  readonly color: "green" | "orange" | "red";
}

/** Grafana's ids of units. */
type Unit = "none" | "short" | "s" | "percentunit" | "bytes" | "Bps" | "ops" | "reqps" | "dateTimeFromNow";

type Stat = Pick<Panel, "title" | "description" | "unit"> & {
  readonly query: string;
  readonly legend?: string;
  readonly steps?: readonly Step[];
};

/** One number, or one a series, coloured by how good it is. */
export const stat = ({ query, legend = "", steps = always, ...words }: Stat): Panel => ({
  kind: "stat",
  ...words,
  queries: [{ expr: query, legend }],
  steps,
  stacked: false,
});

type Graph = Pick<Panel, "title" | "description" | "unit"> & {
  /** Query by its legend. */
  readonly queries: Readonly<Record<string, string>>;
  readonly stacked?: boolean;
};

/** Lines over time. */
export const graph = ({ queries, stacked = false, ...words }: Graph): Panel => ({
  kind: "timeseries",
  ...words,
  queries: Object.entries(queries).map(([legend, expr]) => ({ legend, expr })),
  steps: always,
  stacked,
});

const always: readonly Step[] = [{ from: null, color: "green" }];

/** Green, then red from `bad` on, with orange between `warn` and it. */
export const badFrom = (bad: number, warn?: number): readonly Step[] => [
  ...always,
  ...(warn === undefined ? [] : [{ from: warn, color: "orange" } as const]),
  { from: bad, color: "red" },
];

/** Red below `good`. */
export const goodFrom = (good: number): readonly Step[] => [
  { from: null, color: "red" },
  { from: good, color: "green" },
];
