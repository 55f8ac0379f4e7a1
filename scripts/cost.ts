/**
 * What a month on AWS costs: `npm run cost -- --stores 1000 --files-per-day 12 --rows 1000 --changed 0.1 --invoices 500`
 * (these are the defaults), `--env dev|prod`. `--write` brings the figures in docs/cost.md up to date instead.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fillBlocks } from "./cost/blocks.ts";
import { compare, crossoverStores } from "./cost/compare.ts";
import { deploymentOf } from "./cost/deployment.ts";
import { costBlocks } from "./cost/document.ts";
import { checkLoad } from "./cost/load.ts";
import { LOOKED_UP, REGION } from "./cost/prices.ts";
import { describeLoad, renderComparison, renderVerdict } from "./cost/render.ts";
import { synthesize } from "./cost/templates.ts";

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    stores: text,
    "files-per-day": text,
    rows: text,
    changed: text,
    invoices: text,
    env: text,
    write: { type: "boolean" },
  },
});

const templates = await synthesize();
if (values.write) {
  const path = join(import.meta.dirname, "../docs/cost.md");
  await writeFile(path, fillBlocks(await readFile(path, "utf8"), costBlocks(templates)));
} else {
  const { env = "prod" } = values;
  if (env !== "dev" && env !== "prod") throw new RangeError(`--env is dev or prod, not ${env}`);
  const load = checkLoad({
    stores: Number(values.stores ?? 1_000),
    filesPerDay: Number(values["files-per-day"] ?? 12),
    rows: Number(values.rows ?? 1_000),
    changed: Number(values.changed ?? 0.1),
    invoicesPerDay: Number(values.invoices ?? 500),
  });
  const deployment = deploymentOf(templates, env);
  const comparison = compare(load, deployment);
  const verdict = renderVerdict(comparison, load, crossoverStores(load, deployment));
  const head = `${describeLoad(load)}; ${env}, ${REGION}, prices of ${LOOKED_UP}`;
  process.stdout.write(`${head}\n\n${renderComparison(comparison)}\n\n${verdict}\n`);
}
