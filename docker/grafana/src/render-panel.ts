import type { Panel } from "./panel.ts";

/** The data source as docker/grafana/provisioning/datasources names it. */
export const DATASOURCE = { type: "prometheus", uid: "prometheus" } as const;

export interface Position {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A panel as Grafana's dashboard model has it (schema version 39 and later). */
export const renderPanel = (panel: Panel, id: number, gridPos: Position) => ({
  id,
  type: panel.kind,
  title: panel.title,
  description: panel.description,
  datasource: DATASOURCE,
  gridPos,
  targets: panel.queries.map(({ expr, legend }, index) => ({
    refId: String.fromCharCode("A".charCodeAt(0) + index),
    datasource: DATASOURCE,
    expr,
    legendFormat: legend === "" ? "__auto" : legend,
    // A number is about now. Asked for a range, the last value of a series that has gone would still be shown.
    range: panel.kind !== "stat",
    instant: panel.kind === "stat",
  })),
  fieldConfig: {
    defaults: {
      unit: panel.unit,
      min: 0,
      color: { mode: panel.kind === "stat" ? "thresholds" : "palette-classic" },
      thresholds: {
        mode: "absolute",
        steps: panel.steps.map(({ from, color }) => ({ color, value: from })),
      },
      mappings: [NOTHING_LATELY],
      ...(panel.kind === "timeseries" && { custom: lines(panel.stacked) }),
    },
    overrides: [],
  },
  options: panel.kind === "stat" ? STAT_OPTIONS : GRAPH_OPTIONS,
});

/** A quantile of nothing is not a number: nothing happened in the window. */
const NOTHING_LATELY = {
  type: "special",
  options: { match: "null+nan", result: { index: 0, text: "none lately", color: "text" } },
};

const STAT_OPTIONS = {
  colorMode: "background",
  graphMode: "none",
  justifyMode: "auto",
  orientation: "auto",
  textMode: "auto",
  reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
};

const GRAPH_OPTIONS = {
  legend: { displayMode: "list", placement: "bottom", showLegend: true, calcs: [] },
  tooltip: { mode: "multi", sort: "desc" },
};

const lines = (stacked: boolean) => ({
  drawStyle: "line",
  lineInterpolation: "linear",
  lineWidth: 1,
  fillOpacity: stacked ? 30 : 10,
  showPoints: "never",
  spanNulls: false,
  stacking: { mode: stacked ? "normal" : "none", group: "A" },
});
