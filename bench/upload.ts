import { S3Client } from "@aws-sdk/client-s3";
import { alternate } from "./harness/alternate.ts";
import type { Benchmark, FigureTable } from "./harness/benchmark.ts";
import { figure, megabytes, range } from "./harness/format.ts";
import { memoryOf } from "./harness/processes.ts";
import { ratioOf } from "./harness/ratio.ts";
import { createSender } from "./harness/send-file.ts";
import { median, spread } from "./harness/statistics.ts";
import { startCloud, startService, withParts } from "./harness/system.ts";
import { largeWays, smallWays, type UploadParts, type UploadSample } from "./harness/upload-ways.ts";

const ROUNDS = { short: 2, full: 3 } as const;
/** Small files of a round, by how many are under way at once. */
const SMALL_FILES = {
  short: { 1: 100, 16: 300, 64: 300 },
  full: { 1: 400, 16: 1_500, 64: 1_500 },
} as const;
/** So many warm a cloud that has just started: DynamoDB Local compiles its code while it answers the first hundreds. */
const WARM_UP_FILES = { short: 100, full: 600 } as const;
const WARM_UP_AT_ONCE = 16;
const LARGE_BYTES = { short: 24_000_000, full: 200_000_000 } as const;
const LARGE_AT_ONCE = { short: [1, 2], full: [1, 8] } as const;
const SMALL_ENOUGH = { kind: ">=", value: 0.6 } as const;
const LARGE_ENOUGH = { kind: ">=", value: 0.9 } as const;

interface Compared {
  readonly width: number;
  readonly ours: readonly UploadSample[];
  readonly direct: readonly UploadSample[];
  /** Resident memory of the API before the first round. */
  readonly idle: number;
}

/** On a cloud and an API of their own, so that no width finds the objects and messages of the one before. */
const compare = (
  width: number,
  rounds: number,
  warmUpFiles: number,
  waysOf: (
    parts: UploadParts,
  ) => Readonly<Record<"api" | "direct", (round: number) => Promise<UploadSample>>>,
  say: (line: string) => void,
): Promise<Compared> =>
  withParts(async (keep) => {
    const cloud = await keep(startCloud());
    Object.assign(process.env, cloud.environment);
    const api = await keep(startService("upload-api", cloud.environment));
    const s3 = new S3Client({ forcePathStyle: true, requestHandler: { httpAgent: { maxSockets: 256 } } });
    const sender = createSender(api.url, cloud.apiKey);
    const processes = {
      "upload-api": api.pid,
      "DynamoDB Local": cloud.dynamoPid,
      "S3, SQS, SNS": cloud.pid,
      "this bench": process.pid,
    };
    const parts = { s3, sender, apiPid: api.pid, processes };
    say("warming up");
    await smallWays(parts, warmUpFiles, WARM_UP_AT_ONCE).api(-2);
    const { now: idle } = await memoryOf(api.pid);
    const { api: ours, direct } = await alternate(waysOf(parts), rounds, say);
    sender.close();
    s3.destroy();
    return { width, ours, direct, idle };
  });

const speeds = (samples: readonly UploadSample[], unit = 1): number[] =>
  samples.map(({ perSecond }) => perSecond / unit);
const speedCells = (values: readonly number[]): string[] => [figure(median(values)), range(spread(values))];

/** What each process does for a file. */
const cpuTable = (title: string, direct: string, compared: readonly Compared[]): FigureTable => {
  const names = Object.keys(compared[0]?.ours[0]?.cpu ?? {});
  const rowOf = (width: number, way: string, samples: readonly UploadSample[]): string[] => {
    const all = names.map((name) => median(samples.map(({ cpu }) => (cpu[name] ?? 0) * 1000)));
    const sum = all.reduce((total, each) => total + each, 0);
    return [String(width), way, ...all.map(figure), figure(sum)];
  };
  return {
    title,
    columns: ["at once", "way", ...names, "together"],
    rows: compared.flatMap(({ width, ours, direct: theirs }) => [
      rowOf(width, direct, theirs),
      rowOf(width, "upload-api", ours),
    ]),
  };
};

export const benchmark: Benchmark = {
  name: "upload",
  title: "Uploads",
  about:
    "Files of 2 KB sent to a real upload-api over connections that stay open, 1, 16 and 64 at once, against PutObject by " +
    "the SDK, as it comes, straight into the same bucket of the same emulator, as many at once, with an SHA-256 as well. Then one file of " +
    "200 MB, and eight at once, streamed, against the SDK's own streaming upload (`@aws-sdk/lib-storage`, parts of 8 MiB). " +
    `Each number at once has emulators and an API of its own, warmed with ${WARM_UP_FILES.full} files; CPU time is the kernel's for each process. ` +
    "The API's limits on requests a minute are off. Checked: the digest in every small answer and the length in every large one; what " +
    "the API stored is read back against the digest in its answer, every large file and the last small one of a round.",
  run: async (extent, say) => {
    const [rounds, warmUp, bytes] = [ROUNDS[extent], WARM_UP_FILES[extent], LARGE_BYTES[extent]];
    const small: Compared[] = [];
    for (const [name, files] of Object.entries(SMALL_FILES[extent])) {
      const width = Number(name);
      const waysOf = (parts: UploadParts) => smallWays(parts, files, width);
      small.push(await compare(width, rounds, warmUp, waysOf, (line) => say(`${width} at once, ${line}`)));
    }
    const large: Compared[] = [];
    for (const width of LARGE_AT_ONCE[extent]) {
      const waysOf = (parts: UploadParts) => largeWays(parts, bytes, width);
      const told = (line: string) => say(`${width} large at once, ${line}`);
      large.push(await compare(width, rounds, warmUp, waysOf, told));
    }
    return {
      tables: [
        {
          title: "Files of 2 KB, files a second (median of the rounds, smallest to largest)",
          columns: ["at once", "PutObject", "spread", "upload-api", "spread"],
          rows: small.map(({ width, ours, direct }) => [
            String(width),
            ...[direct, ours].flatMap((samples) => speedCells(speeds(samples))),
          ]),
        },
        cpuTable("CPU time for a file of 2 KB, ms", "PutObject", small),
        {
          title: `Files of ${megabytes(bytes)}, MB a second, and the API's resident memory`,
          columns: [
            "at once",
            "lib-storage",
            "spread",
            "upload-api",
            "spread",
            "memory before",
            "at its highest",
          ],
          rows: large.map(({ width, ours, direct, idle }) => [
            String(width),
            ...[direct, ours].flatMap((samples) => speedCells(speeds(samples, 1_000_000))),
            megabytes(idle),
            megabytes(Math.max(...ours.map(({ peak }) => peak))),
          ]),
        },
        cpuTable(`CPU time for a file of ${megabytes(bytes)}, ms`, "lib-storage", large),
      ],
      ratios: [
        ...small.map(({ width, ours, direct }) =>
          ratioOf(`upload/small-${width}-at-once`, speeds(ours), speeds(direct), SMALL_ENOUGH),
        ),
        ...large.map(({ width, ours, direct }) =>
          ratioOf(`upload/large-${width}-at-once`, speeds(ours), speeds(direct), LARGE_ENOUGH),
        ),
      ],
    };
  },
};
