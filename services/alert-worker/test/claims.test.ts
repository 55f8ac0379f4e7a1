import { createServer } from "node:http";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { createDynamoClient } from "@stockwire/service-kit/aws-clients";
import { createLimiter } from "@stockwire/service-kit/limiter";
import { createLogger } from "@stockwire/service-kit/logger";
import { createMetrics } from "@stockwire/service-kit/metrics";
import { alertsDaysKey, createRecordedDays } from "@stockwire/service-kit/recorded-days";
import t from "tap";
import { createBatches } from "../src/batch-statements.ts";
import type { Claims } from "../src/claim-transition.ts";
import { publishNotification } from "../src/publish-notification.ts";
import { readTransition, type Transition } from "../src/read-transition.ts";
import { recordPublished } from "../src/record-published.ts";
import { type Stages, tellStaff } from "../src/tell-staff.ts";
import { change, DAY, keyOf, startTestCloud, UPDATED_AT } from "./helpers.ts";

const cloud = await startTestCloud();
t.teardown(cloud.stop);
const log = createLogger("test", "fatal");

const claims = (): Claims => ({
  dynamo: cloud.dynamo,
  tableName: cloud.tableName,
  days: createRecordedDays(cloud.dynamo, cloud.tableName, alertsDaysKey),
  batches: createBatches(cloud.dynamo),
  leaseMilliseconds: 3_000,
  alertDays: 45,
});

const alertOf = async (item: string, load: string) => {
  const key = keyOf(item, load);
  const { Item } = await cloud.dynamo.send(
    new GetCommand({ TableName: cloud.tableName, Key: key, ConsistentRead: true }),
  );
  return Item;
};

/** Leaves what a worker leaves that crashed with its claim. */
const crashedClaim = (item: string, load: string, claimedUntil: number) =>
  cloud.dynamo.send(
    new PutCommand({
      TableName: cloud.tableName,
      Item: { ...keyOf(item, load), Day: DAY, At: UPDATED_AT, ClaimedUntil: claimedUntil },
    }),
  );

t.test("delivered again and in many copies at once, to two workers: told once, recorded once", async (t) => {
  const workers = await Promise.all([1, 2].map(() => cloud.startWorker({ leaseMilliseconds: 3_000 })));
  const record = change({ item: "Echo", from: 5, to: 0, load: "copies" });
  await cloud.send(Array.from({ length: 20 }, () => record));
  t.equal((await cloud.toldInAll()).length, 1);
  const first = await alertOf("Echo", "copies");
  t.ok(first?.PublishedAt);
  await cloud.send([record]);
  t.same(await cloud.toldInAll(), [], "a late copy is only acknowledged");
  t.same(await alertOf("Echo", "copies"), first);
  await Promise.all(workers.map(({ stop }) => stop()));
});

t.test("a worker crashed before it published, its lease over: one of many copies takes over", async (t) => {
  await crashedClaim("Echo", "expired", Date.now() - 1);
  const workers = await Promise.all([1, 2].map(() => cloud.startWorker({ leaseMilliseconds: 3_000 })));
  await cloud.send(
    Array.from({ length: 10 }, () => change({ item: "Echo", from: 5, to: 0, load: "expired" })),
  );
  const told = await cloud.toldInAll();
  t.equal(told.length, 1);
  t.match(await alertOf("Echo", "expired"), {
    Message: "Berlin is out of stock of Echo",
    PublishedAt: String,
  });
  await Promise.all(workers.map(({ stop }) => stop()));
});

t.test("a worker holds a claim: another waits until the lease ends, then tells", async (t) => {
  const leaseEnd = Date.now() + 2_500;
  await crashedClaim("Echo", "leased", leaseEnd);
  const worker = await cloud.startWorker();
  await cloud.send([change({ item: "Echo", from: 5, to: 0, load: "leased" })]);
  t.equal((await cloud.toldInAll()).length, 1);
  const alert = await alertOf("Echo", "leased");
  t.ok(Date.parse(alert?.PublishedAt) >= leaseEnd, "not before");
  await worker.stop();
});

t.test(
  "a crash between publish and record: told twice, recorded once (the gap that is stated)",
  async (t) => {
    const metrics = createMetrics("test");
    const published = Promise.withResolvers<void>();
    const record = change({ item: "Echo", from: 5, to: 0, load: "gap" });
    void tellStaff(
      {
        claims: claims(),
        takeSlot: async () => true,
        publish: async (transitions, publishBy) => {
          await publishNotification(
            { sns: cloud.sns, topicArn: cloud.topics.NoStock, metrics, log },
            transitions,
            publishBy,
          );
          published.resolve();
          await new Promise(() => {});
        },
        joinDigest: async () => {},
        preparing: createLimiter(1),
        recording: createLimiter(1),
        tellPages: () => undefined,
      },
      JSON.stringify(record),
      log,
    );
    await published.promise;
    const worker = await cloud.startWorker();
    await cloud.send([record]);
    t.equal((await cloud.toldInAll()).length, 2);
    t.ok((await alertOf("Echo", "gap"))?.PublishedAt);
    await cloud.send([record]);
    t.same(await cloud.toldInAll(), [], "and not a third time");
    await worker.stop();
  },
);

t.test("a worker that was slower than its lease still records that it told", async (t) => {
  const until = Date.now() - 1;
  await crashedClaim("Echo", "slow", Date.now() + 60_000);
  const transition = readTransition(JSON.stringify(change({ item: "Echo", from: 5, to: 0, load: "slow" })));
  const record = () =>
    recordPublished(claims(), { transition: transition as Transition, until, publishBy: until }, log);
  await record();
  const first = await alertOf("Echo", "slow");
  t.ok(first?.PublishedAt);
  await record();
  t.same(await alertOf("Echo", "slow"), first, "the first publication's time stands");
});

t.test("the table is away after the publication: recorded later, not told again", async (t) => {
  const dynamo = createDynamoClient();
  let refusals = 2;
  let published = 0;
  dynamo.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== "UpdateItemCommand" || published === 0 || refusals === 0) return next(args);
      refusals -= 1;
      throw Object.assign(new Error("connection lost"), { code: "ECONNRESET" });
    },
    { step: "initialize" },
  );
  const stages: Stages = {
    claims: { ...claims(), dynamo, leaseMilliseconds: 10_000 },
    takeSlot: async () => true,
    publish: async () => {
      published += 1;
    },
    joinDigest: async () => {},
    preparing: createLimiter(1),
    recording: createLimiter(1),
    tellPages: () => undefined,
  };
  await tellStaff(stages, JSON.stringify(change({ item: "Echo", to: 0, load: "no record" })), log);
  t.equal(refusals, 0);
  t.equal(published, 1);
  t.ok((await alertOf("Echo", "no record"))?.PublishedAt);
  dynamo.destroy();
});

t.test("SNS is away: the claim is released, so the next attempt need not wait for the lease", async (t) => {
  const forward = process.env.AWS_ENDPOINT_URL_SNS;
  let refusals = 4;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (refusals > 0) {
      refusals -= 1;
      response.writeHead(503).end();
      return;
    }
    const { "content-type": contentType = "" } = request.headers;
    const answer = await fetch(`${forward}${request.url}`, {
      method: "POST",
      headers: { "content-type": contentType, authorization: request.headers.authorization ?? "" },
      body: Buffer.concat(chunks),
    });
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/xml" });
    response.end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  process.env.AWS_ENDPOINT_URL_SNS = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const worker = await cloud.startWorker({ leaseMilliseconds: 60_000 });
  const started = performance.now();
  await cloud.send([change({ item: "Echo", from: 5, to: 0, load: "outage" })]);
  t.equal((await cloud.toldInAll()).length, 1);
  t.equal(refusals, 0);
  t.ok(performance.now() - started < 30_000, "well before the lease ends");
  t.match(await alertOf("Echo", "outage"), { PublishedAt: String, FailedAttempts: 1 });
  t.same(await cloud.receive(cloud.queues["alert-dlq"], 0), [], "nothing is dead-lettered");
  await worker.stop();
  process.env.AWS_ENDPOINT_URL_SNS = forward;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
