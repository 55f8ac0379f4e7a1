import type { Comparison } from "./compare.ts";
import { SERVICES } from "./lines.ts";
import type { Load } from "./load.ts";
import { LOOKED_UP, type Price, prices, REGION } from "./prices.ts";

/** Dollars to the cent, with thousands separated; what is less than a cent and not nothing is said to be so. */
export const dollars = (usd: number): string => {
  if (usd > 0 && usd < 0.005) return "< 0.01";
  return usd.toLocaleString("en-GB", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
};

const count = (value: number): string => value.toLocaleString("en-GB", { maximumFractionDigits: 2 });

export const describeLoad = (load: Load): string =>
  [
    `${count(load.stores)} stores`,
    `${count(load.filesPerDay)} files a day each`,
    `${count(load.rows)} rows a file`,
    `${count(load.changed * 100)} % of them changed`,
    `${count(load.invoicesPerDay)} invoices a day`,
  ].join(", ");

/** Both bills beside each other, as a Markdown table; lines that neither has are left out. */
export const renderComparison = ({ containers, functions, ...totals }: Comparison): string =>
  toTable(
    ["US dollars a month", "this system", "one function a file"],
    [
      ...SERVICES.filter((service) => containers[service] > 0 || functions[service] > 0).map((service) => [
        service,
        containers[service] === 0 ? "" : dollars(containers[service]),
        functions[service] === 0 ? "" : dollars(functions[service]),
      ]),
      ["**together**", `**${dollars(totals.containersTotal)}**`, `**${dollars(totals.functionsTotal)}**`],
    ],
  );

/** Which is dearer, by how much, why, and from how many stores on that turns round. */
export const renderVerdict = (
  { containers, containersTotal, functionsTotal }: Comparison,
  load: Load,
  crossover: number | undefined,
): string => {
  const standing =
    containers.Fargate +
    containers["Load balancer"] +
    containers["NAT gateway"] +
    containers["Interface endpoints"];
  const difference = dollars(Math.abs(containersTotal - functionsTotal));
  const verdict =
    containersTotal > functionsTotal
      ? `This system is dearer here, by ${difference} dollars: tasks, load balancer and the way to AWS's services ` +
        `cost ${dollars(standing)} dollars whether or not anything is sent.`
      : `This system is cheaper here, by ${difference} dollars: rows that did not change are read, not written.`;
  const turn =
    crossover === undefined
      ? `With ${count(load.changed * 100)} % of ${count(load.rows)} rows changed it never becomes the cheaper one, ` +
        "however many stores there are."
      : `With files like these it is the cheaper one from ${count(crossover)} stores on.`;
  return `${verdict} ${turn}`;
};

/** Every price with where it is published and where it was read. */
export const renderPrices = (): string =>
  toTable(
    ["price", "US dollars", "published at", `${LOOKED_UP}, ${REGION}`],
    Object.entries<Price>(prices).map(([name, { usd, per, page, seenAt }]) => [
      `${name}: ${per}`,
      String(Number(usd.toPrecision(6))),
      page,
      seenAt === undefined ? "from memory" : `seen at <${seenAt}>`,
    ]),
  );

/** A Markdown table with its columns aligned: text to the left, figures (all but the first column) as they come. */
export const toTable = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)].join(
    "\n",
  );
};
