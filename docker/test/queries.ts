import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DASHBOARDS_FOLDER } from "../grafana/src/all-dashboards.ts";

interface PanelJson {
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly fieldConfig?: { readonly defaults?: { readonly unit?: string } };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly {
    readonly expr: string;
    readonly instant: boolean;
    readonly range: boolean;
  }[];
  readonly options?: { readonly graphMode?: string };
}

export interface DashboardJson {
  readonly title: string;
  readonly uid: string;
  readonly panels: readonly PanelJson[];
}

/** The dashboards as they are checked in, by file name. */
export const readDashboards = (): Map<string, DashboardJson> =>
  new Map(
    readdirSync(DASHBOARDS_FOLDER).map((file) => [
      file,
      JSON.parse(readFileSync(join(DASHBOARDS_FOLDER, file), "utf8")) as DashboardJson,
    ]),
  );

export interface PanelQuery {
  /** Dashboard and panel, to be found by. */
  readonly where: string;
  /** PromQL, with Grafana's variables replaced as Grafana would. */
  readonly expr: string;
}

/** Every query of every panel, ready for Prometheus. */
export const panelQueries = (rateInterval: string): PanelQuery[] =>
  [...readDashboards().values()].flatMap(({ title, panels }) =>
    panels.flatMap((panel) =>
      (panel.targets ?? []).map(({ expr }) => ({
        where: `${title} / ${panel.title}`,
        expr: expr.replaceAll("$__rate_interval", rateInterval).replaceAll("$job", ".+"),
      })),
    ),
  );

const WORDS = new Set(
  (
    "sum max min count avg rate increase deriv changes round time vector absent histogram_quantile label_replace " +
    "max_over_time min_over_time count_over_time and or unless by on offset"
  ).split(" "),
);

/** The series that a PromQL expression asks for, by name: what is left without labels, texts, ranges and words. */
export const seriesIn = (expr: string): string[] => {
  const bare = expr
    .replaceAll(/"[^"]*"/g, " ")
    .replaceAll(/\{[^}]*\}/g, " ")
    .replaceAll(/\[[^\]]*\]/g, " ")
    .replaceAll(/\b(by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)/g, " ")
    .replaceAll(/\boffset\s+\w+/g, " ");
  const names = bare.match(/[a-zA-Z_:][a-zA-Z0-9_:]*/g) ?? [];
  return [...new Set(names.filter((name) => !WORDS.has(name)))];
};
