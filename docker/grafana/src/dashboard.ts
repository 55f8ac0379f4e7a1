import type { Panel } from "./panel.ts";
import { DATASOURCE, type Position, renderPanel } from "./render-panel.ts";

export interface Dashboard {
  /** Also its file's name; with `stockwire-` before it, its address in Grafana. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Read from top to bottom; the panels of a row share its width. */
  readonly rows: readonly Row[];
  readonly variables?: readonly Variable[];
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A label's values to choose from, all of them at first; `$name` in queries, with `=~`. */
export interface Variable {
  readonly name: string;
  readonly label: string;
  readonly valuesOf: string;
}

const GRID_WIDTH = 24;
const HEIGHTS = { stat: 4, timeseries: 8 } as const;
const RUNBOOK = "https://github.com/stockwire/stockwire/blob/main/docs/alerts.md";

const PLAIN_LINK = {
  icon: "doc",
  tooltip: "",
  tags: [],
  asDropdown: false,
  targetBlank: false,
  includeVars: false,
  keepTime: true,
};

/** A dashboard as Grafana's dashboard model has it. */
export const renderDashboard = (dashboard: Dashboard) => ({
  uid: `stockwire-${dashboard.name}`,
  title: dashboard.title,
  description: dashboard.description,
  tags: ["stockwire"],
  timezone: "browser",
  editable: false,
  graphTooltip: 1,
  schemaVersion: 39,
  refresh: "10s",
  time: { from: "now-1h", to: "now" },
  links: [
    { ...PLAIN_LINK, type: "dashboards", title: "Stockwire", tags: ["stockwire"], asDropdown: true },
    { ...PLAIN_LINK, type: "link", title: "What the alerts mean", url: RUNBOOK, targetBlank: true },
  ],
  annotations: { list: [] },
  templating: { list: (dashboard.variables ?? []).map(renderVariable) },
  panels: layOut(dashboard.rows),
});

const layOut = (rows: readonly Row[]) => {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push(renderRow(row.title, panels.length + 1, { x: 0, y, w: GRID_WIDTH, h: 1 }));
    y += 1;
    const w = Math.floor(GRID_WIDTH / row.panels.length);
    const h = Math.max(...row.panels.map(({ kind }) => HEIGHTS[kind]));
    for (const [index, panel] of row.panels.entries()) {
      panels.push(renderPanel(panel, panels.length + 1, { x: index * w, y, w, h }));
    }
    y += h;
  }
  return panels;
};

const renderRow = (title: string, id: number, gridPos: Position) => ({
  id,
  type: "row",
  title,
  collapsed: false,
  gridPos,
  panels: [],
});

const renderVariable = ({ name, label, valuesOf }: Variable) => ({
  type: "query",
  name,
  label,
  datasource: DATASOURCE,
  query: { query: valuesOf, refId: name },
  definition: valuesOf,
  refresh: 2,
  sort: 1,
  multi: true,
  includeAll: true,
  current: { selected: true, text: ["All"], value: ["$__all"] },
});
