import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { allDashboards, DASHBOARDS_FOLDER } from "./all-dashboards.ts";

/** Writes every dashboard's JSON anew and removes what is no dashboard any more. */
for (const file of readdirSync(DASHBOARDS_FOLDER)) {
  if (!allDashboards.has(file)) rmSync(join(DASHBOARDS_FOLDER, file));
}
for (const [file, dashboard] of allDashboards) {
  writeFileSync(join(DASHBOARDS_FOLDER, file), `${JSON.stringify(dashboard, null, 2)}\n`);
}
