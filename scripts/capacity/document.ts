import { MEASURED } from "../cost/measured.ts";
import { toTable } from "../cost/render.ts";
import type { Limit } from "./advance.ts";
import { renderChart } from "./chart.ts";
import { LIMITS } from "./limits.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { comparedPolicies, type NamedPolicy } from "./policies.ts";
import type { Policy } from "./policy.ts";
import { createScenarios, type NamedScenario } from "./scenarios.ts";
import { workOf } from "./work.ts";

const SEED = 1;

const LIMIT_NAMES: Readonly<Record<Limit, string>> = {
  table: "the table",
  partition: "the stores' partitions",
  cpu: "the running tasks' CPU",
  places: "the running tasks' places",
  "round-trips": "round trips",
};

/** Everything that is run for docs/capacity.md: its reckoned parts by block, and the charts by file name. */
export interface CapacityReport {
  readonly blocks: Readonly<Record<string, string>>;
  readonly charts: Readonly<Record<string, string>>;
}

interface Column extends NamedPolicy {
  readonly outcome: Outcome;
}

export const reportCapacity = (deployed: Policy): CapacityReport => {
  const scenarios = createScenarios(SEED).map((scenario) => ({
    scenario,
    columns: comparedPolicies(deployed).map((one) => ({
      ...one,
      outcome: outcomeOf(scenario, one.policy, SEED),
    })),
  }));
  return {
    blocks: {
      policy: renderPolicy(deployed),
      work: renderWork(deployed),
      ...Object.fromEntries(
        scenarios.map(({ scenario, columns }) => [scenario.name, renderScenario(scenario, columns)]),
      ),
    },
    charts: Object.fromEntries(
      scenarios
        .filter(({ scenario }) => /^(burst|hour-10000$)/.test(scenario.name))
        .map(({ scenario, columns }) => [`${scenario.name}.svg`, chartOf(scenario, columns)]),
    ),
  };
};

const renderPolicy = (policy: Policy): string =>
  toTable(
    ["the ingest worker in prod", ""],
    [
      ["a task", `${policy.cpu} vCPU, ${policy.memory} GB, ${policy.concurrency} files at a time`],
      ["tasks", `${policy.fewest} to ${policy.most}`],
      ["target", `${policy.target} visible messages for each running task`],
      ["pause after taking tasks away", `${policy.scaleInCooldownSeconds} s`],
    ],
  );

const renderWork = ({ parallelReads, cpu }: Policy): string => {
  const micro = (seconds: number) => `${Math.round(seconds * 1e6)} µs`;
  const rows = [
    [100, 0.2],
    [1_000, 0.2],
    [1_000, 1],
    [20_000, 0.2],
  ] as const;
  const measured =
    `Measured: ${(MEASURED.cpuSecondsPerFile * 1_000).toFixed(1)} ms a file, ` +
    `${micro(MEASURED.cpuSecondsPerUnchangedRow)} an unchanged row, ${micro(MEASURED.cpuSecondsPerChangedRow)} a changed one.`;
  const table = toTable(
    ["a file of", "changed", "CPU", "write units", "files/s of a task's CPU", "files/s of a new table"],
    rows.map(([count, changed]) => {
      const work = workOf({ arrivesAt: 0, store: 0, rows: count, changed }, parallelReads);
      return [
        `${count.toLocaleString("en-GB")} rows`,
        `${changed * 100} %`,
        `${Math.round(work.cpuSeconds * 1_000)} ms`,
        Math.round(work.units).toLocaleString("en-GB"),
        (Math.min(1, cpu) / work.cpuSeconds).toFixed(1),
        (LIMITS.newTableUnits / work.units).toFixed(1),
      ];
    }),
  );
  return `${measured}\n\n${table}`;
};

const renderScenario = ({ files }: NamedScenario, columns: readonly Column[]): string => {
  const table = toTable(
    ["policy", "drained after", "delay p50", "p99", "most tasks", "tasks, dollars", "held up by"],
    columns.map(({ name, outcome: { run, median, p99, mostTasks, taskDollars, limit, limitShare } }) => [
      name,
      duration(run.drainedAt),
      duration(median),
      duration(p99),
      String(mostTasks),
      taskDollars.toFixed(2),
      `${LIMIT_NAMES[limit]} (${Math.round(limitShare * 100)} %)`,
    ]),
  );
  const [{ outcome: deployed }] = columns as readonly [Column, ...Column[]];
  const sum = files.length === 1 ? "one file" : `${files.length.toLocaleString("en-GB")} files`;
  return (
    `${table}\n\nReads and writes of the ${sum}: ${deployed.unitDollars.toFixed(2)} dollars; tasks beyond those that always ` +
    `run, under the deployed policy: ${deployed.extraTaskDollars.toFixed(2)} dollars.`
  );
};

/** Seconds below two minutes, minutes below two hours. */
const duration = (seconds: number): string => {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${(seconds / 60).toFixed(1)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
};

const chartOf = ({ title }: NamedScenario, columns: readonly Column[]): string => {
  const end = Math.max(...columns.map(({ outcome }) => outcome.run.drainedAt));
  const minutes = Math.max(1, Math.ceil((end * 1.1) / 60));
  const lines = (value: "backlog" | "running") =>
    columns.map(({ name, colour, outcome }) => ({
      name,
      colour,
      points: thin(
        upTo(
          minutes,
          outcome.run.moments.map((moment) => [moment.at / 60, moment[value]]),
        ),
      ),
    }));
  return renderChart(
    title,
    [
      { title: "files that wait or are being loaded", lines: lines("backlog") },
      { title: "running tasks", lines: lines("running") },
    ],
    minutes,
  );
};

type Point = readonly [minute: number, value: number];

/** What is to be seen in this time; the last value stays until its end. */
const upTo = (minutes: number, points: readonly Point[]): readonly Point[] => {
  const seen = points.filter(([minute]) => minute <= minutes);
  return [...seen, [minutes, seen.at(-1)?.[1] ?? 0]];
};

/** Points that lie between two of the same height say nothing. */
const thin = (points: readonly Point[]): readonly Point[] =>
  points.filter(
    ([, value], index) =>
      index === 0 ||
      index === points.length - 1 ||
      value !== points[index - 1]?.[1] ||
      value !== points[index + 1]?.[1],
  );
