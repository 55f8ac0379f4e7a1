import { undoIdFor, undoRequestKey } from "@stockwire/contracts/keys";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { createDynamoClient, createS3Client } from "@stockwire/service-kit/aws-clients";
import t from "tap";
import { newStore, startRig, until } from "./ingest-rig.ts";

/** Workers that are slow or failing at one chosen call, while others go on. */

const rig = await startRig();
t.teardown(() => rig.stop());

const at = (second: number): string => `2026-01-01T00:00:0${second}.000Z`;
const csv = (store: string, count: number): string => `store,item,count\n${store},Echo,${count}\n`;
const countOf = async (store: string) => (await rig.rowsOf(store)).map(({ Count }) => Count);
const failure = () =>
  Object.assign(new Error("internal"), { name: "InternalServerError", $metadata: {}, $fault: "server" });

/** @returns a client that stops at the first call that `isIt`, until it is let go */
const stallAt = (isIt: (command: string, input: string) => boolean) => {
  const gate = Promise.withResolvers<void>();
  const client = createDynamoClient();
  let isStalled = false;
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        if (isIt(commandName, JSON.stringify(args.input))) {
          isStalled = true;
          await gate.promise;
        }
        return next(args);
      },
    { step: "initialize", name: "stall" },
  );
  const stalled = () => until(async () => isStalled || undefined, "the worker to come to that call");
  return { client, stalled, letGo: () => gate.resolve() };
};

/** A store in which a count stands. */
const storeWith = async (count: number): Promise<string> => {
  const store = newStore();
  const worker = await rig.startWorker();
  await rig.ended(await rig.send(csv(store, count), { receivedAt: at(1) }));
  await worker.stop();
  return store;
};

t.test("one delivery of an older file is given up while another is about to write", async (t) => {
  const store = await storeWith(5);
  const slow = stallAt((command) => command.includes("Statement"));
  const writing = await rig.startWorker({ dynamo: slow.client }, { INGEST_CONCURRENCY: "1" });
  const older = await rig.send(csv(store, 7), { receivedAt: at(2) });
  await slow.stalled();

  const s3 = createS3Client();
  s3.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === "GetObjectCommand") throw failure();
        return next(args);
      },
    { step: "initialize", name: "fail" },
  );
  const failing = await rig.startWorker({ s3 });
  await rig.announce(uploadKinds.inventory.objectKey(older));
  await until(
    async () => (await rig.receiptOf(older))?.Status === "failed" || undefined,
    "the second delivery to be given up",
  );
  await failing.stop();

  const other = await rig.startWorker();
  const newest = await rig.ended(await rig.send(csv(store, 5), { receivedAt: at(3) }));
  t.match(newest.Rows, { written: 1 }, "written, though its count stands there already");
  slow.letGo();
  await until(
    async () => (await rig.receiptOf(older))?.Status === "loaded" || undefined,
    "the first delivery to come to an end",
  );
  t.same(await countOf(store), [5]);
  await writing.stop();
  await other.stop();
});

t.test("an undoing while an older file has registered and left no note yet", async (t) => {
  const store = await storeWith(1);
  const first = await rig.startWorker();
  const wrong = await rig.send(csv(store, 9), { receivedAt: at(3) });
  await rig.ended(wrong);
  await first.stop();

  const slow = stallAt((_, input) => input.includes("OvertakenBy = "));
  const noting = await rig.startWorker({ dynamo: slow.client }, { INGEST_CONCURRENCY: "1" });
  const older = await rig.send(csv(store, 5), { receivedAt: at(2) });
  await slow.stalled();
  const other = await rig.startWorker();
  const undone = await rig.ended(await rig.undo(wrong, at(4)));
  t.match(undone, { Status: "rejected", Error: { code: "undo_unsure" } });
  slow.letGo();
  await rig.ended(older);
  t.same(await countOf(store), [9], "1 was out of date before either was loaded");
  await noting.stop();
  await other.stop();
});

t.test("an undoing that was given up behind its rows goes on, whatever came meanwhile", async (t) => {
  const store = await storeWith(1);
  const first = await rig.startWorker();
  const wrong = await rig.send(csv(store, 9), { receivedAt: at(3) });
  await rig.ended(wrong);
  await first.stop();

  const dynamo = createDynamoClient();
  dynamo.middlewareStack.add(
    (next) => (args) => {
      if (JSON.stringify(args.input).includes("Written = :written")) throw failure();
      return next(args);
    },
    { step: "initialize", name: "fail" },
  );
  const failing = await rig.startWorker({ dynamo });
  const undoId = await rig.undo(wrong, at(4));
  await until(
    async () => (await rig.receiptOf(undoId))?.Status === "failed" || undefined,
    "the undoing to be given up",
  );
  await failing.stop();

  const other = await rig.startWorker();
  await rig.ended(await rig.send(csv(store, 5), { receivedAt: at(2) }));
  await rig.announce(undoRequestKey(undoIdFor(wrong)));
  await until(
    async () => (await rig.receiptOf(undoId))?.Status === "loaded" || undefined,
    "the undoing that was brought back",
  );
  t.match(await rig.receiptOf(undoId), { Rows: { written: 1 } });
  t.same(await countOf(store), [1]);
  await other.stop();
});
