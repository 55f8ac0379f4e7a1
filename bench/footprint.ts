import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../e2e/stack.ts";
import type { Benchmark } from "./harness/benchmark.ts";
import { figure, megabytes } from "./harness/format.ts";
import { stockCsv } from "./harness/make-stock.ts";
import { commandOf, descendantsOf, forgetPeak, memoryOf } from "./harness/processes.ts";
import { ratioOf } from "./harness/ratio.ts";
import { untilLoaded } from "./harness/receipts.ts";
import { createSender } from "./harness/send-file.ts";
import { median } from "./harness/statistics.ts";
import { timeInstall } from "./harness/time-install.ts";

const ROUNDS = { short: 1, full: 3 } as const;
const ROWS = { short: 5_000, full: 50_000 } as const;
/** What is left of the start, or of the load, has settled by then. */
const IDLE_MS = 5_000;
const AFTER_MS = 20_000;
const START = join(import.meta.dirname, "../scripts/start.ts");
const SERVICES = 4;

/** By what stands in their command lines. */
const PARTS = {
  "upload-api": "services/upload-api/",
  "ingest-worker": "services/ingest-worker/",
  "alert-worker": "services/alert-worker/",
  "invoice-worker": "services/invoice-worker/",
  "S3, SQS, SNS": "local-aws/src/main.ts",
  "DynamoDB Local": "LoopbackDynamoDb",
} as const;
type Part = keyof typeof PARTS;

interface Sample {
  /** From `npm start`'s own process to its line `ready`, sample files sent. */
  readonly seconds: number;
  readonly idle: Readonly<Record<Part, number>>;
  /** At the highest while a file is loaded. */
  readonly loaded: Readonly<Record<Part, number>>;
  /** Some time after the file was loaded. */
  readonly after: Readonly<Record<Part, number>>;
}

const STATES = ["idle", "loaded", "after"] as const;
type State = (typeof STATES)[number];

/** The first of so many ports in a row that nobody listens on. */
const freePorts = async (count: number): Promise<number> => {
  for (let first = await freePort(), last = first; ; ) {
    if (last - first === count - 1) return first;
    const next = await freePort();
    if (next !== last + 1) first = next;
    last = next;
  }
};

/** Process ids by part. @throws Error where one is missing */
const findParts = async (pid: number): Promise<Record<Part, number>> => {
  const pids = await descendantsOf(pid);
  const commands = await Promise.all(pids.map(commandOf));
  const pidOf = (mark: string): number => {
    const found = pids[commands.findIndex((command) => command.includes(mark))];
    if (found === undefined) throw new Error(`nothing runs that has ${mark} in its command`);
    return found;
  };
  return Object.fromEntries(Object.entries(PARTS).map(([name, mark]) => [name, pidOf(mark)])) as Record<
    Part,
    number
  >;
};

const memories = async (parts: Record<Part, number>, which: "now" | "peak"): Promise<Record<Part, number>> =>
  Object.fromEntries(
    await Promise.all(Object.entries(parts).map(async ([name, pid]) => [name, (await memoryOf(pid))[which]])),
  ) as Record<Part, number>;

/** One start of everything, as `npm start -- --memory` does it, to its clean stop. */
const measure = async (rows: number): Promise<Sample> => {
  const [apiPort, awsPort, dynamoPort] = [await freePort(), await freePort(), await freePort()];
  const operationsPort = await freePorts(SERVICES);
  const ports = {
    PORT: String(apiPort),
    AWS_PORT: String(awsPort),
    DYNAMODB_PORT: String(dynamoPort),
    OPERATIONS_PORT: String(operationsPort),
  };
  const started = performance.now();
  const child = spawn(process.execPath, [START, "--memory"], {
    env: {
      PATH: process.env.PATH,
      JAVA_HOME: process.env.JAVA_HOME,
      STOCKWIRE_NO_JAVA: process.env.STOCKWIRE_NO_JAVA,
      ...ports,
    },
    // It stops as on SIGTERM when this process is gone, killed or not (scripts/start/on-stop.ts).
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  const { stdout } = child;
  try {
    if (stdout === null) throw new Error("npm start has no output");
    let apiKey = "";
    for await (const line of createInterface({ input: stdout })) {
      apiKey ||= /^API key: (\S+)/.exec(line)?.[1] ?? "";
      if (line === "ready") break;
    }
    const seconds = (performance.now() - started) / 1000;
    if (child.pid === undefined || apiKey === "") throw new Error("npm start did not get ready");
    stdout.resume();
    const parts = await findParts(child.pid);
    await pause(IDLE_MS);
    const idle = await memories(parts, "now");
    await Promise.all(Object.values(parts).map(forgetPeak));
    const url = `http://127.0.0.1:${apiPort}`;
    const sender = createSender(url, apiKey);
    const { uploadId } = await sender.send(stockCsv("Footprint", rows));
    const receipt = await untilLoaded(url, apiKey, uploadId);
    if (receipt.rows.written !== rows)
      throw new Error(`${receipt.rows.written} of ${rows} rows were written`);
    sender.close();
    const loaded = await memories(parts, "peak");
    await pause(AFTER_MS);
    return { seconds, idle, loaded, after: await memories(parts, "now") };
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
};

export const benchmark: Benchmark = {
  name: "footprint",
  title: "Footprint",
  about:
    "`npm start -- --memory` as a whole, again and again: seconds from its process to its line `ready` (page built before, " +
    `sample files sent), resident memory of each process ${IDLE_MS / 1000} s later, and at its highest while a file of ` +
    `${figure(ROWS.full)} rows is sent and loaded, and ${AFTER_MS / 1000} s after that. Then \`npm ci\`, once, into a fresh directory, with the packages ` +
    "that npm has in its cache. Checked: every row of that file written.",
  run: async (extent, say) => {
    const samples: Sample[] = [];
    // The first start after a change builds the page, and finds no compiled code in the system's cache.
    for (let round = extent === "full" ? -1 : 0; round < ROUNDS[extent]; round += 1) {
      say(round < 0 ? "warm-up" : `round ${round + 1} of ${ROUNDS[extent]}`);
      const sample = await measure(ROWS[extent]);
      if (round >= 0) samples.push(sample);
    }
    const install = extent === "full" ? await timeInstall(say) : undefined;
    const parts = Object.keys(PARTS) as Part[];
    const of = (state: State, part: Part): number => median(samples.map((sample) => sample[state][part]));
    const sums = (state: State): number[] =>
      samples.map((sample) => parts.reduce((sum, part) => sum + sample[state][part], 0));
    return {
      tables: [
        {
          title: "Resident memory",
          columns: ["process", "idle", "at its highest, loading", `${AFTER_MS / 1000} s after`],
          rows: [
            ...parts.map((part) => [part, ...STATES.map((state) => megabytes(of(state, part)))]),
            ["all of them", ...STATES.map((state) => megabytes(median(sums(state))))],
          ],
        },
        {
          title: "From start to ready",
          columns: ["seconds, median", "of each start"],
          rows: [
            [
              figure(median(samples.map(({ seconds }) => seconds))),
              samples.map(({ seconds }) => figure(seconds)).join(", "),
            ],
          ],
        },
        ...(install === undefined
          ? []
          : [
              {
                title:
                  "`npm ci` into a fresh directory (bound by the disk, and by the registry for what is not in npm's cache)",
                columns: ["", "seconds"],
                rows: [["npm ci --prefer-offline", install]],
              },
            ]),
      ],
      ratios: [
        ratioOf("footprint/loaded-to-idle", sums("loaded"), sums("idle")),
        ratioOf("footprint/after-to-idle", sums("after"), sums("idle")),
      ],
    };
  },
};
