import { compare, crossoverStores } from "./compare.ts";
import { type Deployment, deploymentOf } from "./deployment.ts";
import type { Load } from "./load.ts";
import { describeLoad, dollars, renderComparison, renderPrices, renderVerdict, toTable } from "./render.ts";
import type { Template } from "./templates.ts";

/** The worked examples of docs/cost.md: a chain's shops that send their whole stock once an hour while open. */
const EXAMPLES: Readonly<Record<string, Load>> = {
  "stores-10": { stores: 10, filesPerDay: 12, rows: 1_000, changed: 0.1, invoicesPerDay: 20 },
  "stores-1000": { stores: 1_000, filesPerDay: 12, rows: 1_000, changed: 0.1, invoicesPerDay: 500 },
  "stores-10000": { stores: 10_000, filesPerDay: 12, rows: 1_000, changed: 0.1, invoicesPerDay: 5_000 },
};

/** Everything in docs/cost.md that is reckoned, by block. */
export const costBlocks = (templates: readonly Template[]): Record<string, string> => {
  const prod = deploymentOf(templates, "prod");
  const dev = deploymentOf(templates, "dev");
  const examples = Object.entries(EXAMPLES).map(([name, load]) => [name, renderExample(load, prod)] as const);
  return {
    ...Object.fromEntries(examples),
    idle: renderIdle(dev, prod),
    crossover: renderCrossovers(prod),
    prices: renderPrices(),
  };
};

const renderExample = (load: Load, deployment: Deployment): string => {
  const comparison = compare(load, deployment);
  const verdict = renderVerdict(comparison, load, crossoverStores(load, deployment));
  return `${describeLoad(load)}:\n\n${renderComparison(comparison)}\n\n${verdict}`;
};

const renderIdle = (dev: Deployment, prod: Deployment): string => {
  const nothing: Load = { stores: 0, filesPerDay: 0, rows: 0, changed: 0, invoicesPerDay: 0 };
  const [small, large] = [compare(nothing, dev), compare(nothing, prod)];
  const rows = (["Fargate", "Load balancer", "NAT gateway", "Interface endpoints"] as const).map(
    (service) => [service, dollars(small.containers[service]), dollars(large.containers[service])],
  );
  const rest = ({ containers, containersTotal }: typeof small) =>
    containersTotal -
    containers.Fargate -
    containers["Load balancer"] -
    containers["NAT gateway"] -
    containers["Interface endpoints"];
  return toTable(
    ["US dollars a month, nothing sent", "dev", "prod"],
    [
      ...rows,
      ["alarms, metrics, keys, polling", dollars(rest(small)), dollars(rest(large))],
      ["**together**", `**${dollars(small.containersTotal)}**`, `**${dollars(large.containersTotal)}**`],
    ],
  );
};

const renderCrossovers = (prod: Deployment): string => {
  const shares = [0.01, 0.1, 0.3, 0.6, 1];
  const sizes = [100, 1_000, 10_000];
  const cell = (rows: number, changed: number): string => {
    const stores = crossoverStores({ stores: 0, filesPerDay: 12, rows, changed, invoicesPerDay: 0 }, prod);
    return stores === undefined ? "never" : stores.toLocaleString("en-GB");
  };
  return toTable(
    ["stores with 12 files a day", ...shares.map((share) => `${share * 100} % changed`)],
    sizes.map((rows) => [
      `${rows.toLocaleString("en-GB")} rows a file`,
      ...shares.map((share) => cell(rows, share)),
    ]),
  );
};
