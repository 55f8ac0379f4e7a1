import type { Machine } from "./describe-machine.ts";
import { RATIO_COLUMNS, ratioCells } from "./judge-ratio.ts";
import type { Measured, Results } from "./measured.ts";

/** What stands on the page beside figures, written by hand. */
export interface PageText {
  /** In which order benchmarks stand; others are left out. */
  readonly names: readonly string[];
  /** What was found out about one benchmark: what bounds it, profiles, what was changed. */
  readonly findings: (name: string) => string | undefined;
}

/** docs/performance.md as Markdown, from what was measured and what was found out about it. */
export const renderPage = (results: Results, { names, findings }: PageText): string => {
  const measured = names.flatMap((name) => results[name] ?? []);
  return [
    "# Performance",
    "Written by `npm run bench` from `bench/results.json` and `bench/findings/`; do not edit it here. Where ways are compared, " +
      "they were measured in the same run, in turns, after a warm-up; a dry run, a report, a recovery and a start are measured as they come. What " +
      "each left behind was checked. Compare ratios, " +
      "not figures of two machines. A ratio is the median of the rounds' ratios, beside the smallest and the largest of them. " +
      "`npm run bench -- NAME` measures one part anew, in the place of what stands here. `bench/results.json` has the ratios of every round and all versions. " +
      "Rules by their number are those of [the fault suite](chaos.md). Each section names its machine and the commit that was measured: later commits may " +
      "have changed what was. All figures are of a local cloud that keeps everything in memory, unless a section says otherwise. What is said below the tables was found out on the way, on this or an " +
      "earlier machine of the same kind, often while it did other work; so its figures are of one run each and need not add up with those of the tables.",
    ...targets(measured),
    ...measured.flatMap((one) => section(one, findings(one.name))),
    ...names.filter((name) => results[name] === undefined).flatMap(withoutFigures),
  ]
    .map((part) => `${part}\n`)
    .join("\n");
};

/** Every target of every benchmark at a glance; what bounds one that is missed stands in its section. */
const targets = (measured: readonly Measured[]): string[] => {
  const rows = measured.flatMap(({ title, ratios }) =>
    ratios
      .filter(({ target }) => target !== undefined)
      .map((ratio) => [...ratioCells(ratio), `[${title}](#${anchorOf(title)})`]),
  );
  if (rows.length === 0) return [];
  const missed = rows.filter(([, , , , verdict]) => verdict?.startsWith("missed")).length;
  return [
    "## Targets",
    `${rows.length} targets, ${rows.length - missed} met. What bounds one that is missed, and how that was found out, stands in its section.`,
    markdownTable([...RATIO_COLUMNS, "section"], rows),
  ];
};

/** As GitHub names a heading. */
const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, "")
    .replaceAll(" ", "-");

const section = (
  { name, title, about, tables, ratios, at, machine }: Measured,
  findings?: string,
): string[] => [
  `## ${title}`,
  `${about.trim()} (\`npm run bench -- ${name}\`)`,
  ...tables.flatMap((table) => [`${table.title}:`, markdownTable(table.columns, table.rows)]),
  ...(ratios.length > 0 ? [markdownTable(RATIO_COLUMNS, ratios.map(ratioCells))] : []),
  ...(findings === undefined ? [] : [findings.trim()]),
  `Measured on ${at.slice(0, 10)}: ${machineText(machine)}.`,
];

/** Of a benchmark of which no full run is kept: what was found out about it is about figures that nobody can see. */
const withoutFigures = (name: string): string[] => [
  `## Not measured: ${name}`,
  `No full run of it is kept; \`npm run bench -- ${name}\` measures it.`,
];

/** Of the versions those that most figures depend on; the others are in bench/results.json. */
const SHOWN_VERSIONS = ["Node.js", "Java", "DynamoDB Local", "dynoxide", "fauxqs"] as const;

const machineText = (machine: Machine): string => {
  const { processor, cores, memoryGiB, system, loadBefore, loadAtEnd, commit, versions } = machine;
  return [
    `${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}`,
    `load ${loadBefore} before${loadAtEnd === undefined ? "" : ` and ${loadAtEnd} at the end`}`,
    ...(commit === undefined ? [] : [`commit ${commit}`]),
    ...SHOWN_VERSIONS.flatMap((program) =>
      versions[program] === undefined ? [] : [`${program} ${versions[program]}`],
    ),
  ].join(", ");
};

const markdownTable = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [columns, columns.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
