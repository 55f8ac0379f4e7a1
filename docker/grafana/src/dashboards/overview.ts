import type { Dashboard } from "../dashboard.ts";
import { alertsRow, backlogRow, errorsRow, latencyRow, throughputRow } from "./overview-rows.ts";
import { workingRow } from "./working-row.ts";

export const overview: Dashboard = {
  name: "overview",
  title: "Stockwire: overview",
  description: "Are files flowing, and do staff hear of what runs out?",
  rows: [workingRow, throughputRow, backlogRow, latencyRow, errorsRow, alertsRow],
};
