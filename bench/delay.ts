import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { uploadVersion } from "@stockwire/contracts/keys";
import { createClients } from "@stockwire/local-aws/clients";
import { alternate } from "./harness/alternate.ts";
import { bareKey, ITEMS } from "./harness/bare-chain.ts";
import type { Benchmark, FigureTable, Ratio } from "./harness/benchmark.ts";
import { figure } from "./harness/format.ts";
import { whileWatching } from "./harness/processes.ts";
import { ratioOf } from "./harness/ratio.ts";
import { type Delays, openInbox, readDelays } from "./harness/read-delays.ts";
import { createSender } from "./harness/send-file.ts";
import { percentile } from "./harness/statistics.ts";
import { type BenchCloud, startCloud, startScript, startService, withParts } from "./harness/system.ts";

/** Files a second, and for how many seconds. */
const LOADS = {
  short: [[10, 6]],
  full: [
    [1, 25],
    [10, 10],
    [50, 6],
  ],
} as const;
const ROUNDS = { short: 3, full: 3 } as const;
const WARM_UP_SECONDS = 2;
/** Before anything: DynamoDB Local's JVM takes hundreds of requests until its code is compiled. */
const WARM_UP = { rate: 20, seconds: { short: 5, full: 10 } } as const;
const PATIENCE_SECONDS = 180;
const WITHIN = { kind: "<=", value: 1.5 } as const;
const BARE_CHAIN = join(import.meta.dirname, "harness/bare-chain.ts");

/** Sends a file for a store. */
type Send = (store: string) => Promise<unknown>;

/** Sends at the rate whatever the answers: a system that falls behind is not waited for. */
const sendAtRate = async (stores: readonly string[], rate: number, send: Send): Promise<void> => {
  const started = performance.now();
  const sent: Promise<unknown>[] = [];
  for (const [index, store] of stores.entries()) {
    await pause(Math.max(0, started + (index * 1000) / rate - performance.now()));
    sent.push(send(store));
  }
  await Promise.all(sent);
};

/** Of one way at one rate: its delays, and what they took of the machine. */
interface Round extends Delays {
  readonly files: number;
  /** From the first file sent to the last notification. */
  readonly seconds: number;
  /** CPU seconds by part. */
  readonly cpu: Readonly<Record<string, number>>;
}

/**
 * Sends files and reads how long they took, when the last notification has come.
 * @param services process ids of what works on the files
 */
const measurer = (cloud: BenchCloud, send: Send, services: readonly number[]) => {
  const inbox = openInbox(cloud.environment);
  const clients = createClients(cloud.environment);
  const table = cloud.environment.TABLE_INVENTORY ?? "";
  const processes = {
    "DynamoDB Local": cloud.dynamoPid,
    "S3, SQS, SNS": cloud.pid,
    ...Object.fromEntries(services.map((pid) => [`service ${pid}`, pid])),
    sender: process.pid,
  };
  return async (name: string, rate: number, length: number): Promise<Round> => {
    const stores = Array.from({ length: rate * length }, (_, index) => `${name} ${index}`);
    let arrivals: ReadonlyMap<string, number> = new Map();
    const { seconds, cpu } = await whileWatching(processes, async () => {
      const arriving = inbox.arrived(stores.length * ITEMS.length, length + PATIENCE_SECONDS);
      [arrivals] = await Promise.all([arriving, sendAtRate(stores, rate, send)]);
    });
    const ofServices = services.reduce((sum, pid) => sum + (cpu[`service ${pid}`] ?? 0), 0);
    const delays = await readDelays(clients, table, stores, ITEMS, arrivals);
    return { ...delays, files: stores.length, seconds, cpu: { ...cpu, services: ofServices } };
  };
};

const ours = ({ apiKey }: BenchCloud, url: string): Send => {
  const sender = createSender(url, apiKey);
  return (store) =>
    sender.send(Buffer.from(`store,item,count\n${ITEMS.map((item) => `${store},${item},0\n`).join("")}`));
};

const bare = ({ environment }: BenchCloud): Send => {
  const { s3 } = createClients(environment);
  return (store) => {
    const version = uploadVersion(new Date().toISOString(), store);
    const Key = bareKey(version, store);
    return s3.send(new PutObjectCommand({ Bucket: environment.BUCKET_INVENTORY, Key, Body: store }));
  };
};

const rowsOf = (rate: number, way: string, rounds: readonly Delays[]): string[][] =>
  (["visible", "published"] as const).map((what) => {
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

const p95s = (rounds: readonly Delays[], what: "visible" | "published"): number[] =>
  rounds.map((round) => percentile(round[what], 95));

export const benchmark: Benchmark = {
  name: "delay",
  title: "From accepted to visible and to told",
  about:
    "Files of three items that have run out (three are told of at once, more would wait for a digest), each of a store of its own, are sent at a fixed rate, whatever the answers. " +
    "The real upload-api, ingest-worker and alert-worker (defaults) are compared with the bare chain of the same hops " +
    "without our code, in two processes on a local cloud of its own: put the object, event through the same bridge, " +
    "receive, three unguarded puts, stream and pipe, receive, publish. *Accepted* is when the body has been verified " +
    "(`receivedAt`), for the bare chain before the object is put; *visible* is `UpdatedAt`, taken when the row's write " +
    "is sent, so both lack that write's own duration; *published* is when SNS has handed the notification to a " +
    "subscribed queue (SQS's `SentTimestamp`). All of these are written on the way by one machine's clock and read " +
    "afterwards. Checked: every row and every notification of every file, once.",
  run: (extent, say) =>
    withParts(async (keep) => {
      const [system, chain] = [await keep(startCloud()), await keep(startCloud())];
      const api = await keep(startService("upload-api", system.environment));
      const services = [
        api,
        await keep(startService("ingest-worker", system.environment)),
        await keep(startService("alert-worker", system.environment)),
      ];
      const halves = [
        await keep(startScript(BARE_CHAIN, ["rows"], chain.environment)),
        await keep(startScript(BARE_CHAIN, ["publish"], chain.environment)),
      ];
      const pidsOf = (parts: readonly { readonly pid: number }[]) => parts.map(({ pid }) => pid);
      const measureOurs = measurer(system, ours(system, api.url), pidsOf(services));
      const measureBare = measurer(chain, bare(chain), pidsOf(halves));

      say("warming up both clouds");
      await measureBare("Warm-up", WARM_UP.rate, WARM_UP.seconds[extent]);
      await measureOurs("Warm-up", WARM_UP.rate, WARM_UP.seconds[extent]);
      const [rows, costs]: [string[][], string[][]] = [[], []];
      const ratios: Ratio[] = [];
      for (const [rate, seconds] of LOADS[extent]) {
        const length = (round: number) => (round < 0 ? WARM_UP_SECONDS : seconds);
        const rounds = await alternate(
          {
            system: (round) => measureOurs(`R${rate}-${round}`, rate, length(round)),
            bare: (round) => measureBare(`R${rate}-${round}`, rate, length(round)),
          },
          ROUNDS[extent],
          (line) => say(`${rate} files a second, ${line}`),
        );
        const { system: mine, bare: theirs } = rounds;
        rows.push(...rowsOf(rate, "Stockwire", mine), ...rowsOf(rate, "bare chain", theirs));
        costs.push(costRow(rate, "Stockwire", mine), costRow(rate, "bare chain", theirs));
        for (const what of ["visible", "published"] as const) {
          ratios.push(ratioOf(`delay/${what}-p95-at-${rate}`, p95s(mine, what), p95s(theirs, what), WITHIN));
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
