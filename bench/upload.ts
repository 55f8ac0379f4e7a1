import { S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createClients, destroyClients } from "@stockwire/local-aws/clients";
import { alternate } from "./harness/alternate.ts";
import type { Benchmark, Extent, FigureTable, Ratio } from "./harness/benchmark.ts";
import { figure, megabytes, range } from "./harness/format.ts";
import { largeWays } from "./harness/large-uploads.ts";
import { memoryOf } from "./harness/processes.ts";
import { ratioOf } from "./harness/ratio.ts";
import { createDoorSender, createSender } from "./harness/send-file.ts";
import { smallWays, warmUp } from "./harness/small-uploads.ts";
import { median, spread } from "./harness/statistics.ts";
import {
  type BenchCloud,
  type Keep,
  startCloud,
  startDoor,
  startService,
  withParts,
} from "./harness/system.ts";
import type { UploadParts, UploadSample } from "./harness/upload-ways.ts";

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

type Small = keyof typeof NAMES;
type Large = keyof typeof LARGE_NAMES;
type Say = (line: string) => void;
/** Rounds by way; `door` is only compared for small files. */
interface Compared<Way extends string> {
  readonly width: number;
  readonly rounds: Readonly<Record<Way, readonly UploadSample[]>>;
}

/** As the tables have them. */
const NAMES = { direct: "PutObject", door: "bare front door", api: "upload-api" } as const;
const LARGE_NAMES = { direct: "lib-storage", api: NAMES.api } as const;

/** On a cloud and an API of their own, so that no width finds the objects and messages of the one before. */
const onOwnCloud = <Result>(
  work: (parts: UploadParts, cloud: BenchCloud, keep: Keep) => Promise<Result>,
): Promise<Result> =>
  withParts(async (keep) => {
    const cloud = await keep(startCloud());
    Object.assign(process.env, cloud.environment);
    const api = await keep(startService("upload-api", cloud.environment));
    const s3 = new S3Client({ forcePathStyle: true, requestHandler: { httpAgent: { maxSockets: 256 } } });
    const sender = createSender(api.url, cloud.apiKey);
    const processes = {
      [NAMES.api]: api.pid,
      "DynamoDB Local": cloud.dynamoPid,
      "S3, SQS, SNS": cloud.pid,
      "this bench": process.pid,
    };
    const result = await work({ s3, sender, apiPid: api.pid, processes }, cloud, keep);
    sender.close();
    s3.destroy();
    return result;
  });

const compareSmall = (width: number, files: number, extent: Extent, say: Say): Promise<Compared<Small>> =>
  onOwnCloud(async (parts, { environment }, keep) => {
    const { pid, url } = await keep(startDoor(environment));
    const door = createDoorSender(url);
    const clients = createClients(environment);
    const processes = { [NAMES.door]: pid, ...parts.processes };
    const dynamo = DynamoDBDocumentClient.from(clients.dynamodb);
    const uploadsTable = environment.TABLE_UPLOADS ?? "";
    say("warming up");
    for (const front of [parts.sender, door]) await warmUp(front, WARM_UP_FILES[extent], WARM_UP_AT_ONCE);
    const ways = smallWays({ ...parts, processes, door, dynamo, uploadsTable }, files, width);
    const rounds = await alternate(ways, ROUNDS[extent], say);
    door.close();
    destroyClients(clients);
    return { width, rounds };
  });

/** Also the API's resident memory before the first round. */
const compareLarge = (
  width: number,
  extent: Extent,
  say: Say,
): Promise<Compared<Large> & { readonly idle: number }> =>
  onOwnCloud(async (parts) => {
    say("warming up");
    await warmUp(parts.sender, WARM_UP_FILES[extent], WARM_UP_AT_ONCE);
    const { now: idle } = await memoryOf(parts.apiPid);
    const rounds = await alternate(largeWays(parts, LARGE_BYTES[extent], width), ROUNDS[extent], say);
    return { width, rounds, idle };
  });

const speeds = (samples: readonly UploadSample[], unit = 1): number[] =>
  samples.map(({ perSecond }) => perSecond / unit);
const speedCells = (values: readonly number[]): string[] => [figure(median(values)), range(spread(values))];

/** What each process does for a file. */
const cpuTable = <Way extends string>(
  title: string,
  names: Readonly<Record<Way, string>>,
  compared: readonly Compared<Way>[],
): FigureTable => {
  const ways = Object.keys(names) as Way[];
  const processes = Object.keys(compared[0]?.rounds[ways[0] as Way][0]?.cpu ?? {});
  return {
    title,
    columns: ["at once", "way", ...processes, "together"],
    rows: compared.flatMap(({ width, rounds }) =>
      ways.map((way) => {
        const all = processes.map((name) => median(rounds[way].map(({ cpu }) => (cpu[name] ?? 0) * 1000)));
        const sum = all.reduce((total, each) => total + each, 0);
        return [String(width), names[way], ...all.map(figure), figure(sum)];
      }),
    ),
  };
};

export const benchmark: Benchmark = {
  name: "upload",
  title: "Uploads",
  about:
    "Files of 2 KB sent to a real upload-api over connections that stay open, 1, 16 and 64 at once, against PutObject by " +
    "the SDK, as it comes, straight into the same bucket of the same emulator, as many at once, with an SHA-256 as well. Between the two stands the *bare front " +
    "door*: a plain Node.js server in a process of its own that gets the same requests and does, put plainly, what the rules ask of an API that answers 202 to a file: " +
    "digest, PutObject, one conditional PutItem of the same receipt; with upload-api's clients and none of its code. So door to PutObject is what the rules " +
    "cost on these parts, and upload-api to door is what ours costs with all that it does besides: keys and their rights, limits, forms, schemas, metrics, log, live events. Then one file of " +
    "200 MB, and eight at once, streamed, against the SDK's own streaming upload (`@aws-sdk/lib-storage`, parts of 8 MiB). " +
    `Each number at once has emulators and an API of its own, warmed with ${WARM_UP_FILES.full} files (the door with as many); CPU time is the kernel's for each process. ` +
    "The API's limits on requests a minute are off. Checked: the digest in every small answer and the length in every large one; what " +
    "was stored is read back against the digest in its answer, every large file and the last small one of a round; of every small file the object's length, and the receipt where there is to be one.",
  run: async (extent, say) => {
    const bytes = LARGE_BYTES[extent];
    const small: Compared<Small>[] = [];
    for (const [name, files] of Object.entries(SMALL_FILES[extent])) {
      const told = (line: string) => say(`${name} at once, ${line}`);
      small.push(await compareSmall(Number(name), files, extent, told));
    }
    const large: Awaited<ReturnType<typeof compareLarge>>[] = [];
    for (const width of LARGE_AT_ONCE[extent]) {
      large.push(await compareLarge(width, extent, (line) => say(`${width} large at once, ${line}`)));
    }
    const ratiosOfSmall = (name: string, ours: Small, theirs: Small, target?: Ratio["target"]) =>
      small.map(({ width, rounds }) =>
        ratioOf(name.replace("*", String(width)), speeds(rounds[ours]), speeds(rounds[theirs]), target),
      );
    return {
      tables: [
        {
          title: "Files of 2 KB, files a second (median of the rounds, smallest to largest)",
          columns: ["at once", ...Object.values(NAMES).flatMap((name) => [name, "spread"])],
          rows: small.map(({ width, rounds: { direct, door, api } }) => [
            String(width),
            ...[direct, door, api].flatMap((samples) => speedCells(speeds(samples))),
          ]),
        },
        cpuTable("CPU time for a file of 2 KB, ms", NAMES, small),
        {
          title: `Files of ${megabytes(bytes)}, MB a second, and the API's resident memory`,
          columns: [
            "at once",
            ...Object.values(LARGE_NAMES).flatMap((name) => [name, "spread"]),
            "memory before",
            "at its highest",
          ],
          rows: large.map(({ width, rounds: { direct, api }, idle }) => [
            String(width),
            ...[direct, api].flatMap((samples) => speedCells(speeds(samples, 1_000_000))),
            megabytes(idle),
            megabytes(Math.max(...api.map(({ peak }) => peak))),
          ]),
        },
        cpuTable(`CPU time for a file of ${megabytes(bytes)}, ms`, LARGE_NAMES, large),
      ],
      ratios: [
        ...ratiosOfSmall("upload/small-*-at-once", "api", "direct", SMALL_ENOUGH),
        ...ratiosOfSmall("upload/door-*-at-once", "door", "direct"),
        ...ratiosOfSmall("upload/small-*-to-door", "api", "door"),
        ...large.map(({ width, rounds }) =>
          ratioOf(`upload/large-${width}-at-once`, speeds(rounds.api), speeds(rounds.direct), LARGE_ENOUGH),
        ),
      ],
    };
  },
};
