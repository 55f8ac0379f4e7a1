import { setTimeout as pause } from "node:timers/promises";
import type { FigureTable } from "./benchmark.ts";
import { startCapacityCounter } from "./count-capacity.ts";
import { createFollower } from "./follow-files.ts";
import { figure } from "./format.ts";
import { createSender } from "./send-file.ts";
import { type ServiceName, startCloud, startService, withParts } from "./system.ts";

const SERVICES = ["upload-api", "ingest-worker", "alert-worker"] as const satisfies readonly ServiceName[];
const ITEMS = 3;
const FILES_A_SECOND = 10;
/** Before anything is counted: connections, days that are remembered, and keys that are looked up once. */
const EARLY_FILES = 10;
const PATIENCE_SECONDS = 120;
/** What pages are told goes out up to a second later than what it is about. */
const LAST_EVENTS_MS = 1_500;

/**
 * What each service asks of DynamoDB for a small file that sells three items out, by operation: through a counter each, so that
 * nothing here is a figure of speed. What a service asks whether or not files come is in it, too.
 */
export const countRequests = (files: number): Promise<FigureTable> =>
  withParts(async (keep) => {
    const cloud = await keep(startCloud());
    const upstream = cloud.environment.AWS_ENDPOINT_URL_DYNAMODB ?? "";
    const counters = await Promise.all(SERVICES.map(() => keep(startCapacityCounter(upstream))));
    let url = "";
    for (const [index, name] of SERVICES.entries()) {
      const environment = { ...cloud.environment, AWS_ENDPOINT_URL_DYNAMODB: counters[index]?.url ?? "" };
      const service = await keep(startService(name, environment));
      if (name === "upload-api") url = service.url;
    }
    const sender = createSender(url, cloud.apiKey);
    const follower = createFollower(cloud, PATIENCE_SECONDS);
    const send = async (what: string, count: number): Promise<void> => {
      const stores = Array.from({ length: count }, (_, index) => `${what} ${index}`);
      const sent: Promise<string>[] = [];
      for (const store of stores) {
        const rows = Array.from({ length: ITEMS }, (_, item) => `${store},Item ${item},0\n`);
        sent.push(
          sender.send(Buffer.from(`store,item,count\n${rows.join("")}`)).then(({ uploadId }) => uploadId),
        );
        await pause(1_000 / FILES_A_SECOND);
      }
      await follower.loaded(await Promise.all(sent), ITEMS);
      await follower.told(stores, ITEMS);
      await pause(LAST_EVENTS_MS);
    };
    await send("Early shop", EARLY_FILES);
    for (const counter of counters) counter.takeRequests();
    await send("Counted shop", files);
    sender.close();
    follower.close();
    const counted = counters.map((counter) => counter.takeRequests());
    const rows = SERVICES.map((name, index) => rowOf(name, Object.entries(counted[index] ?? {}), files));
    const all = counted.flatMap((requests) => Object.values(requests));
    return {
      title: `Requests to DynamoDB for a file of three items that sell out, ${FILES_A_SECOND} files a second`,
      columns: ["service", "a file", "of these"],
      rows: [...rows, ["all of them", figure(sum(all) / files), ""]],
    };
  });

const rowOf = (name: string, requests: readonly (readonly [string, number])[], files: number): string[] => [
  name,
  figure(sum(requests.map(([, count]) => count)) / files),
  requests
    .toSorted(([, one], [, other]) => other - one)
    .map(([operation, count]) => `${operation} ${figure(count / files)}`)
    .join(", "),
];

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
