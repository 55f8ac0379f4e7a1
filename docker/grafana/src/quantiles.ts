import type { metrics } from "@stockwire/contracts/metrics";

type Metrics = typeof metrics;
export type HistogramName = {
  [Name in keyof Metrics]: Metrics[Name]["type"] extends "histogram" ? Name : never;
}[keyof Metrics];

interface Selection {
  /** Label matchers, as in PromQL: `queue="ingest"`. */
  readonly where?: string;
  /** Labels that are kept apart. */
  readonly by?: readonly string[];
  /** Looks back this long; for what happens seldom longer than Grafana's own choice. */
  readonly over?: string;
}

/** PromQL for a quantile over all replicas; the buckets are added up first, as quantiles cannot be averaged. */
export const quantile = (
  share: number,
  name: HistogramName,
  { where = "", by = [], over = "$__rate_interval" }: Selection = {},
): string => {
  const selector = where === "" ? `${name}_bucket` : `${name}_bucket{${where}}`;
  return `histogram_quantile(${share}, sum by (${[...by, "le"].join(", ")}) (rate(${selector}[${over}])))`;
};

/** Median and 99th percentile, by their legends. */
export const medianAndTail = (name: HistogramName, selection: Selection = {}) => {
  const labels = (selection.by ?? []).map((label) => ` {{${label}}}`).join("");
  return {
    [`half within${labels}`]: quantile(0.5, name, selection),
    [`99 % within${labels}`]: quantile(0.99, name, selection),
  };
};
