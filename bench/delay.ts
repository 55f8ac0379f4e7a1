import { availableParallelism } from "node:os";
import { alternate } from "./harness/alternate.ts";
import type { Benchmark, FigureTable, Ratio } from "./harness/benchmark.ts";
import { startBare, startOurs, startSteps } from "./harness/delay-ways.ts";
import { figure } from "./harness/format.ts";
import type { MeasureDelays, Round } from "./harness/measure-delays.ts";
import { ratioOf } from "./harness/ratio.ts";
import type { Delays } from "./harness/read-delays.ts";
import { percentile } from "./harness/statistics.ts";
import { withParts } from "./harness/system.ts";

/** Files a second, and for how many seconds. */
const LOADS = {
  short: [[10, 6]],
  full: [
    [1, 25],
    [10, 10],
    [50, 6],
  ],
} as const;
const ROUNDS = { short: 2, full: 3 } as const;
const WARM_UP_SECONDS = 2;
/** Before anything: DynamoDB Local's JVM takes hundreds of requests until its code is compiled. */
const WARM_UP = { rate: 20, seconds: { short: 5, full: 10 } } as const;
const WITHIN = { kind: "<=", value: 1.5 } as const;
/** As the tables have them. */
const WAYS = { system: "Stockwire", bare: "bare chain", steps: "chain with the rules' steps" } as const;
type Way = keyof typeof WAYS;
const DELAYS = ["visible", "published"] as const;

const rowsOf = (rate: number, way: string, rounds: readonly Delays[]): string[][] =>
  DELAYS.map((what) => {
    const all = rounds.flatMap((round) => round[what]);
    const [p50, p95, p99] = [50, 95, 99].map((percent) => figure(percentile(all, percent)));
    return [`${rate}/s, ${way}: ${what}`, String(all.length), `${p50}`, `${p95}`, `${p99}`];
  });

const COSTS = ["DynamoDB Local", "S3, SQS, SNS", "services", "sender"] as const;

/** CPU of each part, and how much of all cores it was while the files were worked on. */
const costRow = (rate: number, way: string, rounds: readonly Round[]): string[] => {
  const sum = (of: (round: Round) => number): number => rounds.reduce((all, round) => all + of(round), 0);
  const files = sum((round) => round.files);
  const parts = COSTS.map((part) => sum(({ cpu }) => cpu[part] ?? 0));
  const all = parts.reduce((total, seconds) => total + seconds, 0);
  const share = all / sum(({ seconds }) => seconds) / availableParallelism();
  return [
    `${rate}/s, ${way}`,
    ...[...parts, all].map((seconds) => figure((seconds / files) * 1000)),
    `${figure(share * 100)} %`,
  ];
};

const p95s = (rounds: readonly Delays[], what: (typeof DELAYS)[number]): number[] =>
  rounds.map((round) => percentile(round[what], 95));

export const benchmark: Benchmark = {
  name: "delay",
  title: "From accepted to visible and to told",
  about:
    "Files of three items that have run out (three are told of at once, more would wait for a digest), each of a store of its own, are sent at a fixed rate, whatever the answers. " +
    "The real upload-api, ingest-worker and alert-worker (defaults) are compared with the bare chain of the same hops " +
    "without our code, in two processes on a local cloud of its own: put the object, event through the same bridge, " +
    "receive, one unguarded BatchWriteItem of three rows, stream and pipe, receive, publish. Between the two stands the *chain with the rules' steps*, on a cloud of its own as well: the " +
    "same hops with the requests that the rules ask for at each, put plainly, and none of our code. The bare front door (see uploads) puts object and receipt; " +
    "then the receipt is marked while the object is read, the load and its content's lock registered, what is open read with the thresholds, then entries and rows at the same time, and the rows written with their guards; " +
    "after that the store is counted, the load closed and the receipt ended. Alerts that come together are claimed and get their places together, are published, and recorded together. So that chain to the bare one is what the rules cost on these parts, " +
    "and Stockwire to that chain is what our code costs, with what it does besides: keys, files that are not as simple as these, live events, metrics, logs. *Accepted* is when the body has been verified " +
    "(`receivedAt`), for the bare chain before the object is put; *visible* is `UpdatedAt`, taken when the row's write " +
    "is sent, so all lack that write's own duration; *published* is when SNS has handed the notification to a " +
    "subscribed queue (SQS's `SentTimestamp`). All of these are written on the way by one machine's clock and read " +
    "afterwards. Checked: every row and every notification of every file, once; but for the bare chain, also that every receipt has ended, every load is closed and every alert recorded.",
  run: (extent, say) =>
    withParts(async (keep) => {
      const ways: Record<Way, MeasureDelays> = {
        system: await startOurs(keep),
        bare: await startBare(keep),
        steps: await startSteps(keep),
      };
      say("warming up the clouds");
      for (const measure of Object.values(ways))
        await measure("Warm-up", WARM_UP.rate, WARM_UP.seconds[extent]);
      const [rows, costs]: [string[][], string[][]] = [[], []];
      const ratios: Ratio[] = [];
      for (const [rate, seconds] of LOADS[extent]) {
        const at = (measure: MeasureDelays) => (round: number) =>
          measure(`R${rate}-${round}`, rate, round < 0 ? WARM_UP_SECONDS : seconds);
        const rounds = await alternate(
          { system: at(ways.system), bare: at(ways.bare), steps: at(ways.steps) },
          ROUNDS[extent],
          (line) => say(`${rate} files a second, ${line}`),
        );
        for (const [way, name] of Object.entries(WAYS) as [Way, string][]) {
          rows.push(...rowsOf(rate, name, rounds[way]));
          costs.push(costRow(rate, name, rounds[way]));
        }
        for (const what of DELAYS) {
          const [mine, bare] = [p95s(rounds.system, what), p95s(rounds.bare, what)];
          const steps = p95s(rounds.steps, what);
          ratios.push(
            ratioOf(`delay/${what}-p95-at-${rate}`, mine, bare, WITHIN),
            ratioOf(`delay/${what}-p95-to-steps-at-${rate}`, mine, steps),
            ratioOf(`delay/steps-${what}-p95-at-${rate}`, steps, bare),
          );
        }
      }
      const columns = ["files a second, way", "measured", "p50, ms", "p95, ms", "p99, ms"];
      const delays: FigureTable = { title: "Milliseconds from accepted", columns, rows };
      const cpu: FigureTable = {
        title: "Milliseconds of CPU a file",
        columns: ["files a second, way", ...COSTS, "all", "of the cores"],
        rows: costs,
      };
      return { tables: [delays, cpu], ratios };
    }),
};
