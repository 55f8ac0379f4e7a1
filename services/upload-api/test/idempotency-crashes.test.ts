import { GetObjectCommand } from "@aws-sdk/client-s3";
import t, { type Test } from "tap";
import { apiWith, clear, csvOf, fetch, formOf, MIB, objectKeys, receipts, startApi } from "./helpers.ts";
import {
  type Answer,
  answerOf,
  claimsIn,
  clearClaims,
  setInClaims,
  watchedClients,
} from "./idempotency-rig.ts";

const api = await startApi(t);

t.afterEach(async () => {
  await clear(api);
  await clearClaims(api);
});

const contents = [csvOf(3), Buffer.alloc(MIB + 1, "x").toString()] as const;
const twoFiles = () => formOf(["small.csv", contents[0]], ["large.csv", contents[1]]);

const send = async (url: string, body: FormData = twoFiles()): Promise<Answer> =>
  answerOf(await fetch(`${url}/v1/inventory`, { method: "POST", headers: { "idempotency-key": "k" }, body }));

/** What there is in the end: each file once, under the ids that were answered. */
const onlyThese = async (t: Test, { body: { uploads } }: Answer, what: string): Promise<void> => {
  const ids = uploads.map(({ uploadId }) => uploadId);
  t.same(
    (await receipts(api)).map(({ UploadId }) => UploadId).toSorted(),
    ids.toSorted(),
    `${what}: receipts`,
  );
  t.same(
    (await objectKeys(api)).toSorted(),
    ids.map((id) => `inventory/${id}.csv`).toSorted(),
    `${what}: objects`,
  );
  for (const [index, Key] of ids.map((id) => `inventory/${id}.csv`).entries()) {
    const Bucket = api.context.resources.buckets.inventory;
    const { Body } = await api.s3.send(new GetObjectCommand({ Bucket, Key }));
    t.ok((await Body?.transformToString()) === contents[index], `${what}: bytes of file ${index}`);
  }
};
t.test("wherever the process dies, the retry makes the same uploads and no others", async (t) => {
  /** From call number `at` on every call of this process fails, as it has no successors. */
  const dieAt = async (at: number, effect: "done" | "not done") => {
    let calls = 0;
    const clients = watchedClients(async (when, _name, input) => {
      // Pages are told besides: no answer waits for it.
      if ((input as { TableName?: string }).TableName === api.context.resources.tables.Events) return;
      if (when === "before") calls += 1;
      if (calls > at || (calls === at && when === (effect === "done" ? "after" : "before"))) {
        throw new Error(`died at call ${at}`);
      }
    });
    const url = await apiWith(t, api, clients);
    return { answer: await send(url), calls };
  };

  const whole = await dieAt(Number.POSITIVE_INFINITY, "done");
  t.equal(whole.answer.status, 202);
  t.ok(whole.calls >= 10, `${whole.calls} calls`);
  await clear(api);
  await clearClaims(api);

  const states = new Set<string>();
  for (let at = 1; at <= whole.calls; at++) {
    for (const effect of ["done", "not done"] as const) {
      const what = `dies at call ${at}, ${effect}`;
      const { answer: dead } = await dieAt(at, effect);
      // The first call is for the caller's key, whose failure is a dependency's.
      t.equal(dead.status, at === 1 ? 503 : 500, what);
      const [claim] = await claimsIn(api);
      states.add(claim?.State ?? "none");
      if (claim !== undefined && claim.State !== "done") {
        t.match(await send(api.url), { status: 409, retryAfter: "1" }, `${what}: its lease still holds`);
        await setInClaims(api, "LeaseUntil", Date.now() - 1);
      }
      if (claim?.State === "storing") {
        const other = await send(api.url, formOf(["small.csv", csvOf(9)]));
        t.match(other, { status: 422 }, `${what}: not for another request`);
      }
      const retry = await send(api.url);
      t.match(retry, { status: 202 }, `${what}: the retry goes through`);
      await onlyThese(t, retry, what);
      if (claim?.Files !== undefined) {
        t.same(
          (await receipts(api)).map(({ UploadId, ReceivedAt }) => `${UploadId} ${ReceivedAt}`).toSorted(),
          claim.Files.map(({ UploadId, ReceivedAt }) => `${UploadId} ${ReceivedAt}`).toSorted(),
          `${what}: as the dead one had decided`,
        );
      }
      t.same(await send(api.url), { ...retry, replayed: "true" }, `${what}: and again`);
      await clear(api);
      await clearClaims(api);
    }
  }
  t.same(states, new Set(["none", "running", "storing", "done"]), "died in every state");
});

t.test("an outage after the first object does not end in two uploads either", async (t) => {
  let broken = true;
  const url = await apiWith(
    t,
    api,
    watchedClients(async (when, command) => {
      if (broken && when === "before" && command === "CompleteMultipartUploadCommand") {
        throw Object.assign(new Error("no answer"), { code: "ECONNRESET" });
      }
    }),
  );
  t.match(await send(url), { status: 503 });
  t.match(await claimsIn(api), [{ State: "storing", LeaseUntil: 0 }], "it lived to release its claim");
  const [made] = await objectKeys(api);
  broken = false;
  const retry = await send(url);
  t.match(retry, { status: 202, replayed: null });
  t.equal(made, `inventory/${retry.body.uploads[0]?.uploadId}.csv`, "it continues with what was made");
  await onlyThese(t, retry, "after the outage");
});

t.test("a process that only slept finds its claim gone and makes nothing of its own", async (t) => {
  const moments = {
    "before it marks what it will make": (_: string, input: string) => input.includes(`"Fingerprint"`),
    "before its first object": (command: string) => command === "PutObjectCommand",
    "before it keeps its answer": (_: string, input: string) => input.includes(`"Answer"`),
  };
  for (const [asleepAt, isTheMoment] of Object.entries(moments)) {
    const sleeping = Promise.withResolvers<void>();
    const waking = Promise.withResolvers<void>();
    const url = await apiWith(
      t,
      api,
      watchedClients(async (when, command, input) => {
        if (when !== "before" || !isTheMoment(command, JSON.stringify(input))) return;
        sleeping.resolve();
        await waking.promise;
      }),
    );
    const slow = send(url);
    await sleeping.promise;
    await setInClaims(api, "LeaseUntil", Date.now() - 1);
    const retry = await send(api.url);
    t.match(retry, { status: 202, replayed: null }, asleepAt);
    waking.resolve();
    t.match(await slow, { status: 409, body: { code: "idempotency_in_progress" } }, asleepAt);
    await onlyThese(t, retry, asleepAt);
    t.same(await send(url), { ...retry, replayed: "true" }, asleepAt);
    await clear(api);
    await clearClaims(api);
  }
});

t.test("of many that find a dead one's claim, one takes it over", async (t) => {
  const url = await apiWith(
    t,
    api,
    watchedClients(async (when, command) => {
      if (when === "before" && command === "PutObjectCommand") throw new Error("died");
    }),
  );
  t.equal((await send(url)).status, 500);
  const answers = await Promise.all(Array.from({ length: 12 }, () => send(api.url)));
  const accepted = answers.filter(({ status }) => status === 202);
  t.ok(accepted.length > 0);
  t.equal(accepted.filter(({ replayed }) => replayed === null).length, 1);
  t.ok(answers.every(({ status }) => status === 202 || status === 409));
  await onlyThese(t, accepted[0] as Answer, "taken over");
});
