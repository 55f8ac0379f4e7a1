import type { BatchExecuteStatementCommandInput } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { createDynamoClient } from "@stockwire/service-kit/aws-clients";
import { createLimiter } from "@stockwire/service-kit/limiter";
import { createLogger, type Logger } from "@stockwire/service-kit/logger";
import t from "tap";
import { createBatches } from "../src/batch-statements.ts";
import type { Claim, Claims } from "../src/claim-transition.ts";
import { readTransition, type Transition } from "../src/read-transition.ts";
import { recordPublished } from "../src/record-published.ts";
import { createSlotTaker } from "../src/take-slot.ts";
import { tellStaff } from "../src/tell-staff.ts";
import { change, DAY, keyOf, outs, startTestCloud, UPDATED_AT } from "./helpers.ts";

const cloud = await startTestCloud();
const clients = [cloud.dynamo];
t.teardown(async () => {
  for (const client of clients) client.destroy();
  await cloud.stop();
});
const log = createLogger("test", "silent");

const transitionOf = (record: unknown) => readTransition(JSON.stringify(record)) as Transition;
const alertOf = async (item: string, load: string) => {
  const get = new GetCommand({
    TableName: cloud.tableName,
    Key: keyOf(item, load),
    ConsistentRead: true,
  });
  return (await cloud.dynamo.send(get)).Item;
};
const put = (item: string, load: string, attributes: object) =>
  cloud.dynamo.send(
    new PutCommand({
      TableName: cloud.tableName,
      Item: { ...keyOf(item, load), Day: DAY, At: UPDATED_AT, ...attributes },
    }),
  );

/**
 * A worker without its queue, whose requests to DynamoDB are counted.
 * @param refuse what a request is answered with instead of being sent; undefined: it is sent
 */
const startTelling = (refuse: (request: string) => Error | undefined = () => undefined) => {
  const dynamo = createDynamoClient();
  clients.push(dynamo);
  const requests: string[] = [];
  dynamo.middlewareStack.add(
    (next, context) => (args) => {
      const { Statements } = args.input as Partial<BatchExecuteStatementCommandInput>;
      const [verb] = Statements?.[0]?.Statement?.split(" ") ?? [];
      const request = Statements ? `${verb} of ${Statements.length}` : `${context.commandName}`;
      requests.push(request);
      const error = refuse(request);
      return error ? Promise.reject(error) : next(args);
    },
    { step: "initialize" },
  );
  const days = { remember: async () => undefined, list: async () => [] };
  const claims: Claims = {
    ...{ dynamo, tableName: cloud.tableName, days, leaseMilliseconds: 45_000, alertDays: 45 },
    batches: createBatches(dynamo),
  };
  const told: string[] = [];
  const stages = {
    claims,
    takeSlot: createSlotTaker(dynamo, cloud.tableName),
    publish: async (transitions: readonly Transition[]) =>
      void told.push(...transitions.map(({ item }) => item)),
    joinDigest: async ({ item }: Transition) => void told.push(item),
    preparing: createLimiter(32),
    recording: createLimiter(32),
    tellPages: () => undefined,
  };
  const tell = (records: readonly unknown[]) =>
    Promise.allSettled(records.map((record) => tellStaff(stages, JSON.stringify(record), log)));
  return { claims, takeSlot: stages.takeSlot, requests, told, tell };
};

const outcomes = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === "fulfilled" ? "done" : (result.reason.code ?? result.reason)));
const connectionLost = Object.assign(new Error("connection lost"), { code: "ECONNRESET" });

t.test("three of a load at once: a request for their places, one for claims, one for records", async (t) => {
  const { tell, told, requests } = startTelling();
  const records = outs(3, { load: "three" });
  t.same(outcomes(await tell(records)), ["done", "done", "done"]);
  t.same(requests.toSorted(), ["INSERT of 3", "UPDATE of 3", "UpdateItemCommand"]);
  t.same(told, ["Item 0", "Item 1", "Item 2"]);
  t.match(await alertOf("Item 1", "three"), {
    ...{ Store: "Berlin", Item: "Item 1", Kind: "out", Count: 0, Previous: 5, UploadId: "three", Day: DAY },
    ...{
      Message: "Berlin is out of stock of Item 1",
      At: UPDATED_AT,
      PublishedAt: String,
      ExpiresAt: Number,
    },
  });
  t.notOk((await alertOf("Item 1", "three"))?.ClaimedUntil, "the claim has ended");

  t.same(outcomes(await tell(records)), ["done", "done", "done"], "delivered again, they are acknowledged");
  const another = startTelling();
  t.same(outcomes(await another.tell(records)), ["done", "done", "done"], "by another worker, too");
  t.same([told.length, another.told], [3, []], "and nobody is told twice");
});

t.test("one alone goes by itself", async (t) => {
  const { tell, requests } = startTelling();
  await tell([change({ item: "Echo", to: 0, load: "alone" })]);
  t.same(
    requests,
    Array.from({ length: 3 }, () => "UpdateItemCommand"),
  );
  t.notOk("Previous" in ((await alertOf("Echo", "alone")) ?? {}));
});

t.test("claimed by another, told, left by the dead, new, and new twice: to each its own end", async (t) => {
  const { tell, told, requests } = startTelling();
  await put("Held", "mixed", { ClaimedUntil: Date.now() + 60_000 });
  await put("Told", "mixed", { PublishedAt: UPDATED_AT });
  await put("Left", "mixed", { ClaimedUntil: Date.now() - 1, FailedAttempts: 7 });
  const items = ["Held", "Told", "Left", "New", "Newer", "New"];
  const [held, old, left, first, other, second] = outcomes(
    await tell(items.map((item) => change({ item, from: 5, to: 0, load: "mixed" }))),
  );
  t.ok(requests.includes("INSERT of 5"), "a copy does not keep the others from going together");
  t.same([held, old, left, other], ["claimed", "done", "done", "done"]);
  t.ok([first, second].includes("done"));
  t.same(
    told.toSorted(),
    ["Left", "New", "Newer"],
    "of two copies one tells, the other waits or comes too late",
  );
  t.match(await alertOf("Left", "mixed"), { PublishedAt: String, FailedAttempts: 7 });
  t.equal((await alertOf("Told", "mixed"))?.PublishedAt, UPDATED_AT);
  t.notOk((await alertOf("Held", "mixed"))?.PublishedAt);
});

t.test("recorded together: the first publication's time stands, and telling twice is logged", async (t) => {
  const { claims, requests } = startTelling();
  await put("Told", "records", { PublishedAt: UPDATED_AT });
  for (const item of ["Ours", "Taken over"])
    await put(item, "records", { ClaimedUntil: Date.now() + 60_000 });
  const logged: unknown[] = [];
  const listening = { warn: (fields: unknown) => void logged.push(fields) } as Logger;
  const claimOf = (item: string): Claim => ({
    ...{ until: Date.now() + 60_000, publishBy: Date.now() + 50_000 },
    transition: transitionOf(change({ item, from: 5, to: 0, load: "records" })),
  });
  await Promise.all(
    ["Told", "Ours", "Taken over"].map((item) => recordPublished(claims, claimOf(item), listening)),
  );
  t.same(requests, ["UPDATE of 3", "UpdateItemCommand"]);
  t.same(logged, [{ code: "told_twice" }]);
  t.equal((await alertOf("Told", "records"))?.PublishedAt, UPDATED_AT);
  t.ok(Date.parse((await alertOf("Ours", "records"))?.PublishedAt) > Date.parse(UPDATED_AT));
});

t.test("more than a request holds", async (t) => {
  const { tell, told, requests } = startTelling();
  const results = await tell(outs(60, { load: "many" }));
  t.ok(outcomes(results).every((outcome) => outcome === "done"));
  t.equal(told.length, 60);
  t.equal(new Set(told).size, 60);
  t.ok(requests.every((request) => Number(request.split(" of ")[1] ?? 0) <= 25));
  t.ok(requests.length < 20, `${requests.length} requests`);
});

t.test("a request for claims that fails fails for all, with the cause, and nothing is told", async (t) => {
  const { tell, told } = startTelling((request) =>
    request.startsWith("INSERT") ? connectionLost : undefined,
  );
  const results = await tell(outs(3, { load: "lost" }));
  t.ok(results.every((result) => result.status === "rejected" && result.reason === connectionLost));
  t.same(told, []);
  t.notOk(await alertOf("Item 0", "lost"));
});

t.test("a request for records that fails is made again, and nobody is told again", async (t) => {
  let failures = 1;
  const { tell, told } = startTelling((request) =>
    request.startsWith("UPDATE of") && failures-- > 0 ? connectionLost : undefined,
  );
  t.same(outcomes(await tell(outs(3, { load: "later" }))), ["done", "done", "done"]);
  t.equal(told.length, 3);
  t.ok((await alertOf("Item 2", "later"))?.PublishedAt);
});

t.test("where batches are refused, each goes by itself", async (t) => {
  const refused = Object.assign(new Error("no PartiQL here"), { name: "ValidationException" });
  const { tell, told, requests } = startTelling((request) =>
    request.includes(" of ") ? refused : undefined,
  );
  t.same(outcomes(await tell(outs(3, { load: "plain" }))), ["done", "done", "done"]);
  const asked = (verb: string) => requests.filter((request) => request.startsWith(`${verb} of`));
  t.same(asked("INSERT"), ["INSERT of 3"], "nobody asks for a batch again");
  // Three claims apart end apart: whether two of the records still meet in a batch is left to the clock.
  t.ok(asked("UPDATE").length <= 1);
  t.same(told.toSorted(), ["Item 0", "Item 1", "Item 2"]);
  for (const item of told) t.match(await alertOf(item, "plain"), { PublishedAt: String });
});

t.test(
  "the places of many at once take one request, and those of another worker's are known by one",
  async (t) => {
    const transitions = outs(6, { load: "placed" }).map(transitionOf);
    const first = startTelling();
    const places = [true, true, true, false, false, false];
    const takeAll = ({ takeSlot }: ReturnType<typeof startTelling>, of = transitions) =>
      Promise.all(of.map(takeSlot));
    t.same(await takeAll(first), places);
    t.same(await takeAll(first), places);
    t.equal(first.requests.length, 1);
    const second = startTelling();
    t.same(
      await takeAll(second, transitions.toReversed()),
      places.toReversed(),
      "whoever has a place keeps it",
    );
    t.equal(second.requests.length, 1);
    const third = startTelling();
    t.same(await takeAll(third, transitions.slice(0, 3)), [true, true, true], "also all three at once");
    t.equal(third.requests.length, 1);
  },
);

t.test("four of a load at two workers, two in each: three have places", async (t) => {
  const [a, b] = [startTelling(), startTelling()];
  const transitions = outs(4, { load: "shared places" }).map(transitionOf);
  const take = () =>
    Promise.all(transitions.map((transition, index) => (index % 2 === 0 ? a : b).takeSlot(transition)));
  const places = await take();
  t.equal(places.filter(Boolean).length, 3);
  t.same(await take(), places, "the same three when they come again");
});

t.test("one that comes after two takes the third place; of two, one", async (t) => {
  const { takeSlot, requests } = startTelling();
  const [a, b, c, d] = outs(4, { load: "third" }).map(transitionOf) as [
    Transition,
    Transition,
    Transition,
    Transition,
  ];
  t.same(await Promise.all([a, b].map(takeSlot)), [true, true]);
  t.same(await Promise.all([c, d].map(takeSlot)), [true, false]);
  t.equal(requests.length, 4, "two together, two refused together, then one after the other");
  t.same(await Promise.all([a, b, c, d].map(takeSlot)), [true, true, true, false]);
  t.equal(requests.length, 4);
});

t.test("places that could not be asked for fail all who asked, and their claims are released", async (t) => {
  let requests = 0;
  const { tell, told } = startTelling((request) =>
    request === "UpdateItemCommand" && requests++ === 0 ? connectionLost : undefined,
  );
  const results = await tell(outs(3, { load: "no places" }));
  t.ok(results.every((result) => result.status === "rejected" && result.reason === connectionLost));
  t.same(told, []);
  for (const item of ["Item 0", "Item 1", "Item 2"]) {
    t.match(await alertOf(item, "no places"), { ClaimedUntil: 0 });
  }
});
