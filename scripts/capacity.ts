/**
 * Simulates the scaling of the ingest workers with the numbers of the templates: `npm run capacity` brings the figures
 * in docs/capacity.md and the charts in docs/charts up to date. `--env dev` prints those of the other environment instead.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { reportCapacity } from "./capacity/document.ts";
import { readPolicy } from "./capacity/policy.ts";
import { fillBlocks } from "./cost/blocks.ts";
import { synthesize } from "./cost/templates.ts";

const { values } = parseArgs({ options: { env: { type: "string", default: "prod" } } });
const { env } = values;
if (env !== "dev" && env !== "prod") throw new RangeError(`--env is dev or prod, not ${env}`);

const docs = join(import.meta.dirname, "../docs");
const { blocks, charts } = reportCapacity(readPolicy(await synthesize(), env));
if (env === "prod") {
  const path = join(docs, "capacity.md");
  await writeFile(path, fillBlocks(await readFile(path, "utf8"), blocks));
  await mkdir(join(docs, "charts"), { recursive: true });
  for (const [name, svg] of Object.entries(charts)) await writeFile(join(docs, "charts", name), svg);
}
for (const [name, text] of Object.entries(blocks)) process.stdout.write(`${name}\n\n${text}\n\n`);
