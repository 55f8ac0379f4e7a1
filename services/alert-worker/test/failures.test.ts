import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SNSClient } from "@aws-sdk/client-sns";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { kindOf } from "@stockwire/service-kit/errors";
import { createLimiter } from "@stockwire/service-kit/limiter";
import { createLogger } from "@stockwire/service-kit/logger";
import { createMetrics } from "@stockwire/service-kit/metrics";
import type { QueueMessage } from "@stockwire/service-kit/queue-message";
import { alertsDaysKey, createRecordedDays } from "@stockwire/service-kit/recorded-days";
import t from "tap";
import { createBatches } from "../src/batch-statements.ts";
import { type Claims, claimTransition } from "../src/claim-transition.ts";
import { countFailure } from "../src/count-failure.ts";
import { publishNotification } from "../src/publish-notification.ts";
import { readTransition, type Transition } from "../src/read-transition.ts";
import { type Stages, tellStaff } from "../src/tell-staff.ts";
import { change, keyOf, startTestCloud } from "./helpers.ts";

const cloud = await startTestCloud();
t.teardown(cloud.stop);
const log = createLogger("test", "silent");
const metrics = createMetrics("test");

const claims = (leaseMilliseconds: number): Claims => ({
  dynamo: cloud.dynamo,
  tableName: cloud.tableName,
  days: createRecordedDays(cloud.dynamo, cloud.tableName, alertsDaysKey),
  batches: createBatches(cloud.dynamo),
  leaseMilliseconds,
  alertDays: 45,
});

const bodyOf = (load: string): string => JSON.stringify(change({ item: "Echo", from: 5, to: 0, load }));
const transitionOf = (load: string): Transition => readTransition(bodyOf(load)) as Transition;

const received = (body: string, receiveCount: number): QueueMessage => ({
  id: "message",
  receiptHandle: "handle",
  body,
  receiveCount,
  sentAt: new Date(),
});

const alertOf = async (load: string) => {
  const { Item } = await cloud.dynamo.send(
    new GetCommand({ TableName: cloud.tableName, Key: keyOf("Echo", load), ConsistentRead: true }),
  );
  return Item;
};

t.test("a message received often, for waits and hand-backs, has not failed often", async (t) => {
  await claimTransition(claims(0), transitionOf("waited"));
  const fail = () => countFailure(claims(0), received(bodyOf("waited"), 29), log);
  t.same(await fail(), { attempts: 1, limit: 25 });
  await claimTransition(claims(0), transitionOf("waited"));
  t.same(await fail(), { attempts: 2, limit: 25 }, "a later claim does not forget the first failure");
});

t.test("given up after 25 failures; brought back by an operator, there are 25 again", async (t) => {
  await claimTransition(claims(0), transitionOf("brought back"));
  const attempts: number[] = [];
  for (let failures = 0; failures < 26; failures += 1) {
    attempts.push((await countFailure(claims(0), received(bodyOf("brought back"), 1), log)).attempts);
  }
  t.same(attempts, [...Array.from({ length: 25 }, (_, index) => index + 1), 1]);
});

t.test(
  "without a record or a transition the receives decide, with room for the waits among them",
  async (t) => {
    const byReceives = { attempts: 29, limit: 45 };
    t.same(await countFailure(claims(0), received(bodyOf("unclaimed"), 29), log), byReceives);
    t.notOk(await alertOf("unclaimed"), "no half record that would stand in the way of a claim");
    t.same(await countFailure(claims(0), received("not JSON", 29), log), byReceives);
  },
);

t.test("a lease that ran down before the publication: nothing is told, the claim is released", async (t) => {
  const stages = (leaseMilliseconds: number): Stages => ({
    claims: claims(leaseMilliseconds),
    takeSlot: async () => true,
    publish: (transitions, publishBy) =>
      publishNotification(
        { sns: cloud.sns, topicArn: cloud.topics.NoStock, metrics, log },
        transitions,
        publishBy,
      ),
    joinDigest: async () => {},
    preparing: createLimiter(1),
    recording: createLimiter(1),
    tellPages: () => undefined,
  });
  const tell = (leaseMilliseconds: number) => tellStaff(stages(leaseMilliseconds), bodyOf("short"), log);
  await t.rejects(tell(1_000), { kind: "retryable", code: "lease_short" });
  t.match(await alertOf("short"), { ClaimedUntil: 0 });
  t.same(await cloud.toldInAll(), []);
  await tell(45_000);
  t.equal((await cloud.toldInAll()).length, 1);
});

t.test(
  "an SNS that does not answer is given up before the lease ends, and not asked after that",
  async (t) => {
    let requests = 0;
    const server = createServer(() => {
      requests += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const sns = new SNSClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      maxAttempts: 4,
    });
    t.teardown(async () => {
      sns.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const publishBy = Date.now() + 1_500;
    const publish = () =>
      publishNotification(
        { sns, topicArn: cloud.topics.NoStock, metrics, log },
        [transitionOf("stalled")],
        publishBy,
      );
    await t.rejects(publish(), { kind: "retryable", code: "publish_failed" });
    t.ok(Date.now() < publishBy + 1_000, "the SDK alone would wait for ever");
    t.equal(requests, 1);
    await t.rejects(publish(), { code: "lease_short" });
    t.equal(requests, 1);
  },
);

t.test("throttling by SNS is handed on as it is, so that no attempt is counted for it", async (t) => {
  const throttled = Object.assign(new Error("Rate exceeded"), {
    name: "ThrottledException",
    $fault: "client",
  });
  const sns = { send: () => Promise.reject(throttled) } as unknown as SNSClient;
  const publish = publishNotification(
    { sns, topicArn: cloud.topics.NoStock, metrics, log },
    [transitionOf("throttled")],
    Date.now() + 45_000,
  );
  await t.rejects(publish, throttled);
  t.equal(kindOf(throttled), "waiting");
});
