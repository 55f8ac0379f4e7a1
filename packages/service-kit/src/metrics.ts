import { metrics as declarations, type MetricName } from "@stockwire/contracts/metrics";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { startSeriesAtZero } from "./series-at-start.ts";

type Declarations = typeof declarations;
type Label<N extends MetricName> = Declarations[N]["labels"][number];
type Instrument<N extends MetricName> = Declarations[N]["type"] extends "counter"
  ? Counter<Label<N>>
  : Declarations[N]["type"] extends "gauge"
    ? Gauge<Label<N>>
    : Histogram<Label<N>>;

export type Metrics = { readonly [N in MetricName]: Instrument<N> } & { readonly registry: Registry };

/** Every declared metric on a registry of its own, with Node's default metrics; what `service` counts stands at 0. */
export const createMetrics = (service: string): Metrics => {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const instruments = Object.entries(declarations).map(([name, declaration]) => {
    const base = { name, help: declaration.help, labelNames: [...declaration.labels], registers: [registry] };
    if (declaration.type === "counter") return [name, new Counter(base)];
    if (declaration.type === "gauge") return [name, new Gauge(base)];
    return [name, new Histogram({ ...base, buckets: [...declaration.buckets] })];
  });
  const metrics = { ...Object.fromEntries(instruments), registry } as Metrics;
  startSeriesAtZero(service, metrics);
  return metrics;
};
