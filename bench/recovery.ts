import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { type Clients, createClients } from "@stockwire/local-aws/clients";
import { until } from "../e2e/stack.ts";
import { atOnce } from "./harness/at-once.ts";
import type { Benchmark, FigureTable } from "./harness/benchmark.ts";
import { figure } from "./harness/format.ts";
import { stockCsv } from "./harness/make-stock.ts";
import { ratioOf } from "./harness/ratio.ts";
import { untilLoaded } from "./harness/receipts.ts";
import { createSender } from "./harness/send-file.ts";
import { median } from "./harness/statistics.ts";
import { type BenchCloud, type BenchService, startCloud, startService, withParts } from "./harness/system.ts";
import { untilUnderWay } from "./harness/under-way.ts";

const ROUNDS = { short: 1, full: 2 } as const;
const ROWS = { short: 5_000, full: 20_000 } as const;
const PATIENCE_SECONDS = 300;
const OUTAGE_SECONDS = 30;
/** Accepted right before the outage, and so mostly waiting in the queue. */
const BACKLOG = 100;
const BACKLOG_AT_ONCE = 8;
const FILE_ROWS = 20;
const SENT_A_SECOND = 2;

/** Which of the workers has a file in hand. */
const whoLoads = async (workers: readonly BenchService[]): Promise<BenchService> => {
  for (const worker of workers) {
    const metrics = await (await fetch(`${worker.operations}/metrics`)).text();
    if (/^stockwire_queue_in_flight\{.*queue="ingest".*\} [1-9]/m.test(metrics)) return worker;
  }
  throw new Error("no worker has the file");
};

/** Seconds from SIGKILL in the middle of a file to that file's receipt. */
const killed = (cloud: BenchCloud, api: BenchService, rows: number) => {
  const sender = createSender(api.url, cloud.apiKey);
  return async (store: string, how: "restarted" | "another"): Promise<number> =>
    withParts(async (keep) => {
      const start = () => keep(startService("ingest-worker", cloud.environment));
      const workers = [await start()];
      if (how === "another") workers.push(await start());
      const { uploadId } = await sender.send(stockCsv(store, rows));
      await untilUnderWay(api.url, cloud.apiKey, uploadId);
      const busy = await whoLoads(workers);
      await busy.kill();
      const started = performance.now();
      if (how === "restarted") await start();
      const receipt = await untilLoaded(api.url, cloud.apiKey, uploadId, PATIENCE_SECONDS);
      const seconds = (performance.now() - started) / 1000;
      if (receipt.rows.written !== rows)
        throw new Error(`${receipt.rows.written} of ${rows} rows count as written`);
      return seconds;
    });
};

const depthOf = async ({ sqs }: Clients, QueueUrl: string | undefined): Promise<number> => {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
      ],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
};

interface Outage {
  readonly accepted: number;
  readonly refused: number;
  /** From when the cloud answered again until every receipt was final and the queue was empty. */
  readonly seconds: number;
}

/** The whole cloud is killed and comes back on its ports with what it had on disk. */
const outage = async (say: (line: string) => void): Promise<Outage> => {
  const folder = await mkdtemp(join(tmpdir(), "stockwire-bench-"));
  const kept = { STOCKWIRE_DATA_DIR: folder };
  let cloud = await startCloud(kept);
  try {
    const { environment, apiKey } = cloud;
    const portOf = (name: string) => new URL(environment[name] ?? "").port;
    const ports = {
      AWS_PORT: portOf("AWS_ENDPOINT_URL_S3"),
      DYNAMODB_PORT: portOf("AWS_ENDPOINT_URL_DYNAMODB"),
    };
    return await withParts(async (keep) => {
      const api = await keep(startService("upload-api", environment));
      await keep(startService("ingest-worker", environment));
      const sender = createSender(api.url, apiKey);
      const accepted: string[] = [];
      let refused = 0;
      let sent = 0;
      const send = async (): Promise<void> => {
        const file = stockCsv(`Outage ${sent++}`, FILE_ROWS);
        await sender.send(file).then(
          ({ uploadId }) => accepted.push(uploadId),
          () => {
            refused += 1;
          },
        );
      };
      await atOnce(BACKLOG, BACKLOG_AT_ONCE, send);
      if (refused > 0) throw new Error(`${refused} files were refused while everything worked`);
      say("outage begins");
      await cloud.kill();
      const sending: Promise<void>[] = [];
      for (let second = 0; second < OUTAGE_SECONDS; second += 1) {
        for (let file = 0; file < SENT_A_SECOND; file += 1) sending.push(send());
        await pause(1000);
      }
      // Its port is let go a moment after its end: until then a start fails, and is tried again.
      const back = until(
        () => startCloud({ ...kept, ...ports }).catch(() => undefined),
        "the cloud",
        PATIENCE_SECONDS,
      );
      cloud = await back;
      const started = performance.now();
      say("outage over");
      await Promise.all(sending);
      // One that was sent when all was well again.
      await send();
      for (const uploadId of accepted) {
        const { rows } = await untilLoaded(api.url, apiKey, uploadId, PATIENCE_SECONDS);
        if (rows.written !== FILE_ROWS) throw new Error(`${uploadId}: ${rows.written} of ${FILE_ROWS} rows`);
      }
      const clients = createClients(environment);
      const isEmpty = async () =>
        (await depthOf(clients, environment.QUEUE_INGEST)) === 0 ? true : undefined;
      await until(isEmpty, "an empty queue", PATIENCE_SECONDS);
      const seconds = (performance.now() - started) / 1000;
      sender.close();
      return { accepted: accepted.length, refused, seconds };
    });
  } finally {
    await cloud.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

export const benchmark: Benchmark = {
  name: "recovery",
  title: "Recovery",
  about:
    `An ingest-worker is killed (SIGKILL) in the middle of a file of ${figure(ROWS.full)} rows: seconds until that file's receipt, with the ` +
    "worker started again at once, and with another one alive. Then the whole cloud is killed with files waiting and comes back " +
    `after ${OUTAGE_SECONDS} s with what it had on disk, while ${SENT_A_SECOND} files a second are sent: seconds from its return until every ` +
    "accepted file has its receipt and the queue is empty. All timeouts are the product's own (visibility timeout 30 s). Checked: " +
    "every row of every file that was answered 202 counts as written, those from before the kill included.",
  run: async (extent, say) => {
    const ways = { restarted: [] as number[], another: [] as number[] };
    await withParts(async (keep) => {
      const cloud = await keep(startCloud());
      const api = await keep(startService("upload-api", cloud.environment));
      const measure = killed(cloud, api, ROWS[extent]);
      for (let round = 0; round < ROUNDS[extent]; round += 1) {
        for (const how of ["restarted", "another"] as const) {
          say(`round ${round + 1} of ${ROUNDS[extent]}: worker killed, ${how}`);
          ways[how].push(await measure(`Killed ${how} ${round}`, how));
        }
      }
    });
    const kills: FigureTable = {
      title: "From SIGKILL to the receipt, seconds",
      columns: ["after the kill", "median", "of each round"],
      rows: [
        [
          "the worker is started again",
          figure(median(ways.restarted)),
          ways.restarted.map(figure).join(", "),
        ],
        ["another worker is alive", figure(median(ways.another)), ways.another.map(figure).join(", ")],
      ],
    };
    const ratios = [ratioOf("recovery/another-worker-to-restart", ways.another, ways.restarted)];
    if (extent === "short") return { tables: [kills], ratios };
    const { accepted, refused, seconds } = await outage(say);
    const outages: FigureTable = {
      title: `An outage of ${OUTAGE_SECONDS} s`,
      columns: [
        "files accepted, and loaded",
        "refused meanwhile",
        "seconds to all receipts and an empty queue",
      ],
      rows: [[String(accepted), String(refused), figure(seconds)]],
    };
    return { tables: [kills, outages], ratios };
  },
};
