import { createClients, destroyClients } from "@stockwire/local-aws/clients";
import { until } from "../e2e/stack.ts";
import { alternate } from "./harness/alternate.ts";
import { atOnce } from "./harness/at-once.ts";
import type { Benchmark, FigureTable } from "./harness/benchmark.ts";
import { countMessages, sumOf } from "./harness/count-messages.ts";
import { countRequests } from "./harness/count-requests.ts";
import { createFollower } from "./harness/follow-files.ts";
import { figure, range } from "./harness/format.ts";
import { waitingIn } from "./harness/queue-depth.ts";
import { ratioOf } from "./harness/ratio.ts";
import { createSender } from "./harness/send-file.ts";
import { median, spread } from "./harness/statistics.ts";
import {
  type BenchCloud,
  type BenchService,
  startCloud,
  startService,
  startServices,
  withParts,
} from "./harness/system.ts";
import { type MachineLoad, whileWatchingMachine } from "./harness/watch-machine.ts";

/** Files of a round: in the full form 7,500 of all rounds together, a quarter of an hour at some ten a second. */
const FILES = { short: 60, full: 1_250 } as const;
const ROUNDS = { short: 1, full: 2 } as const;
/** Files whose requests are counted. */
const COUNTED = { short: 30, full: 200 } as const;
/** Before the clock starts, for every set of workers anew: a process that has just begun is slow. */
const WARM_UP_FILES = { short: 40, full: 100 } as const;
const ROWS = 20;
/** Of the rows of each file: sold out, which staff are told of. */
const SOLD_OUT = 1;
const WORKERS = [1, 2, 4] as const;
const SENT_AT_ONCE = 16;
const PATIENCE_SECONDS = 1_200;
const LOOK_EVERY_MS = 500;
/** Of a round's time. */
const MOMENTS = [0.25, 0.5, 0.75] as const;

/** Messages that wait. */
interface Depth {
  readonly ingest: number;
  readonly alert: number;
}

interface Sample {
  readonly filesPerSecond: number;
  /** Of both queues, as the services counted them. */
  readonly messagesPerSecond: number;
  /** Those that were not done at the first attempt. */
  readonly again: number;
  readonly load: MachineLoad<Depth>;
}

const PARTS = [
  "DynamoDB Local",
  "S3, SQS, SNS",
  "upload-api",
  "ingest-workers",
  "alert-worker",
  "this bench",
] as const;

const csvOf = (store: string): Buffer =>
  Buffer.from(
    `store,item,count\n${Array.from({ length: ROWS }, (_, row) => `${store},Item ${row},${row < SOLD_OUT ? 0 : row}\n`).join("")}`,
  );

/** From the first file that is sent to the last receipt and the last alert. */
const measure = async (
  cloud: BenchCloud,
  api: BenchService,
  alerts: BenchService,
  { workers, round, files, warmUp }: Readonly<Record<"workers" | "round" | "files" | "warmUp", number>>,
): Promise<Sample> =>
  withParts(async (keep) => {
    const { services: ingest } = await keep(startServices("ingest-worker", workers, cloud.environment));
    const { QUEUE_INGEST, QUEUE_ALERT } = cloud.environment;
    const clients = createClients(cloud.environment);
    const follower = createFollower(cloud, PATIENCE_SECONDS);
    const sender = createSender(api.url, cloud.apiKey);
    const settled = async () => {
      const all = [await countMessages(ingest, "ingest"), await countMessages([alerts], "alert")];
      return { all: all.map(sumOf), done: all.map(({ done = 0 }) => done) };
    };
    const storesOf = (what: string, count: number) =>
      Array.from({ length: count }, (_, index) => `${what} ${workers}-${round}-${index}`);
    const send = async (stores: readonly string[]): Promise<string[]> => {
      const ids: string[] = [];
      await atOnce(stores.length, SENT_AT_ONCE, async (index) => {
        ids.push((await sender.send(csvOf(stores[index] ?? ""))).uploadId);
      });
      return ids;
    };
    const early = storesOf("Early shop", warmUp);
    await follower.loaded(await send(early), ROWS);
    await follower.told(early, SOLD_OUT);
    const depth = async (): Promise<Depth> => ({
      ingest: await waitingIn(clients.sqs, QUEUE_INGEST),
      alert: await waitingIn(clients.sqs, QUEUE_ALERT),
    });
    const isQuiet = async () => {
      const { ingest, alert } = await depth();
      return ingest + alert === 0 ? true : undefined;
    };
    await until(isQuiet, "empty queues", PATIENCE_SECONDS);

    const pids = [
      [cloud.dynamoPid],
      [cloud.pid],
      [api.pid],
      ingest.map(({ pid }) => pid),
      [alerts.pid],
      [process.pid],
    ];
    const watched = Object.fromEntries(PARTS.map((part, index) => [part, pids[index] ?? []]));
    const stores = storesOf("Shop", files);
    const before = await settled();
    const begun = Date.now();
    let loadedAt = 0;
    const load = await whileWatchingMachine(watched, depth, LOOK_EVERY_MS, async () => {
      loadedAt = await follower.loaded(await send(stores), ROWS);
    });
    // Not watched: by now this only asks, store by store, and the system has nothing left to do.
    const toldAt = await follower.told(stores, SOLD_OUT);
    const after = await settled();
    const [all, done] = (["all", "done"] as const).map((kind) =>
      after[kind].reduce((sum, count, queue) => sum + count - (before[kind][queue] ?? 0), 0),
    );
    sender.close();
    follower.close();
    destroyClients(clients);
    const seconds = (Math.max(loadedAt, toldAt) - begun) / 1000;
    return {
      filesPerSecond: files / seconds,
      messagesPerSecond: (all ?? 0) / seconds,
      again: (all ?? 0) - (done ?? 0),
      load,
    };
  });

const of = (samples: readonly Sample[], pick: (sample: Sample) => number): number =>
  median(samples.map(pick));
const share = (value: number): string => `${Math.round(value * 100)} %`;

/** How much of what there is was used, part by part. */
const loadTable = (measured: readonly (readonly Sample[])[]): FigureTable => ({
  title:
    "What was full: cores that each part kept busy, its busiest thread in brackets (1 is all that a thread can have)",
  columns: ["ingest-workers", ...PARTS, "all else", "machine idle", "taken by its host"],
  rows: measured.map((samples, index) => [
    String(WORKERS[index]),
    ...PARTS.map((part) => {
      const name = samples[0]?.load.parts[part]?.busiest.name ?? "";
      const cores = of(samples, ({ load }) => load.parts[part]?.cores ?? 0);
      const busiest = of(samples, ({ load }) => load.parts[part]?.busiest.cores ?? 0);
      return `${cores.toFixed(2)} (${name} ${busiest.toFixed(2)})`;
    }),
    of(samples, ({ load }) => load.others).toFixed(2),
    share(of(samples, ({ load }) => load.idle)),
    share(of(samples, ({ load }) => load.stolen)),
  ]),
});

/** Where messages pile up is in front of what cannot keep up. */
const depthTable = (measured: readonly (readonly Sample[])[]): FigureTable => {
  const at = ({ load }: Sample, moment: number, queue: keyof Depth): number =>
    load.looks[Math.floor(load.looks.length * moment)]?.[queue] ?? 0;
  const most = ({ load }: Sample, queue: keyof Depth): number =>
    Math.max(...load.looks.map((look) => look[queue]));
  return {
    title: "Messages that waited, a part of the round's time after its start",
    columns: ["ingest-workers", "queue", ...MOMENTS.map(share), "most"],
    rows: measured.flatMap((samples, index) =>
      (["ingest", "alert"] as const).map((queue) => [
        String(WORKERS[index]),
        queue,
        ...MOMENTS.map((moment) => figure(of(samples, (sample) => at(sample, moment, queue)))),
        figure(of(samples, (sample) => most(sample, queue))),
      ]),
    ),
  };
};

export const benchmark: Benchmark = {
  name: "small-files",
  title: "Many small files",
  about:
    `Files of ${ROWS} rows, one of them sold out, each of a store of its own, sent ${SENT_AT_ONCE} at a time through upload-api, ` +
    "loaded by one, two and four ingest-workers, told of by one alert-worker; timed from the first file sent to the last " +
    `receipt and the last alert. ${figure(FILES.full * ROUNDS.full)} files for each number of workers, in ${ROUNDS.full} rounds of ` +
    `${figure(FILES.full)}, in turns; before each round ${WARM_UP_FILES.full} files more warm its workers. Messages are those that the ` +
    "services counted (`stockwire_queue_messages_total`, of the queues `ingest` and `alert`, every attempt). CPU time is the kernel's for each " +
    "thread, in cores kept busy. Requests to DynamoDB are counted between the services and it, on a cloud of their own, with " +
    "files of three items that have run out, ten a second. Checked: every receipt is `loaded` with all its rows written, every alert published.",
  run: (extent, say) =>
    withParts(async (keep) => {
      const cloud = await keep(startCloud());
      const api = await keep(startService("upload-api", cloud.environment));
      const alerts = await keep(startService("alert-worker", cloud.environment));
      const warmUp = WARM_UP_FILES[extent];
      const ways = Object.fromEntries(
        WORKERS.map((workers) => [
          `${workers} ingest-workers`,
          (round: number) =>
            measure(cloud, api, alerts, {
              workers,
              round,
              warmUp,
              files: round < 0 ? warmUp : FILES[extent],
            }),
        ]),
      );
      const measured = Object.values(await alternate(ways, ROUNDS[extent], say));
      const rates = measured.map((samples) => samples.map(({ filesPerSecond }) => filesPerSecond));
      const speeds: FigureTable = {
        title: `${figure(FILES[extent])} files a round`,
        columns: ["ingest-workers", "files/s", "spread", "messages/s", "not done at the first attempt"],
        rows: measured.map((samples, index) => [
          String(WORKERS[index]),
          figure(median(rates[index] ?? [])),
          range(spread(rates[index] ?? [])),
          figure(of(samples, ({ messagesPerSecond }) => messagesPerSecond)),
          figure(of(samples, ({ again }) => again)),
        ]),
      };
      say("counting requests");
      const requests = await countRequests(COUNTED[extent]);
      const [one = [], two = [], four = []] = rates;
      return {
        tables: [speeds, loadTable(measured), depthTable(measured), requests],
        ratios: [
          ratioOf("small-files/2-to-1-worker", two, one),
          ratioOf("small-files/4-to-1-worker", four, one),
        ],
      };
    }),
};
