import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { uploadVersion } from "@stockwire/contracts/keys";
import { createDynamoClient } from "@stockwire/service-kit/aws-clients";
import { createUploadsTable } from "@stockwire/service-kit/uploads/uploads-table";
import t from "tap";
import { v7 as uuidv7 } from "uuid";
import { createContentLock } from "../src/order/content-lock.ts";
import type { LoadToRegister } from "../src/order/ledger-entry.ts";
import { createLoadsTable } from "../src/order/loads-table.ts";
import { newStore, startRig } from "./ingest-rig.ts";

const rig = await startRig();
t.teardown(() => rig.stop());

const loads = createLoadsTable(rig.dynamo, rig.tables.Loads);

const loadOf = (second: number): LoadToRegister => ({
  version: uploadVersion(`2026-01-01T00:00:${String(second).padStart(2, "0")}.000Z`, uuidv7()),
  content: `content ${second}`,
  mode: "load",
  object: { bucket: "inventory", key: `${second}.csv`, etag: "e" },
  storeRestriction: undefined,
});
const NOTHING = { written: 0, unchanged: 0, stale: 0, retired: 0 };

t.test("a load sees its own entry, all newer ones, the nearest older one and what is open", async (t) => {
  const store = newStore();
  const all = Array.from({ length: 9 }, (_, second) => loadOf(second));
  for (const load of all) await loads.register([store], load);
  // The first and the fourth stay open.
  for (const [index, { version }] of all.entries()) {
    if (index !== 0 && index !== 3) await loads.finish([store], version, NOTHING);
  }
  const seenBy = async (index: number): Promise<number[]> => {
    const entries = await loads.read([store], all[index]?.version ?? "");
    const seen = (entries.get(store) ?? []).map(({ version }) =>
      all.findIndex((load) => load.version === version),
    );
    return seen.sort();
  };
  t.same(await seenBy(8), [0, 3, 7, 8], "the newest");
  t.same(await seenBy(6), [0, 3, 5, 6, 7, 8], "one of the last four");
  t.same(await seenBy(5), [0, 3, 4, 5, 6, 7, 8], "the last that four do not show whole");
  t.same(await seenBy(2), [0, 1, 2, 3, 4, 5, 6, 7, 8], "one that came late");
  t.same(await seenBy(0), [0, 1, 2, 3, 4, 5, 6, 7, 8], "the oldest");
  const entries = (await loads.read([store], all[8]?.version ?? "")).get(store) ?? [];
  const open = entries.filter(({ state }) => state === "open").map(({ version }) => version);
  t.same(open.sort(), [all[0]?.version, all[3]?.version]);
});

t.test("a store's first loads have nothing older", async (t) => {
  const store = newStore();
  const [first, second] = [loadOf(1), loadOf(2)];
  await loads.register([store], first);
  t.same((await loads.read([store], first.version)).get(store)?.length, 1);
  await loads.register([store], second);
  t.same((await loads.read([store], second.version)).get(store)?.length, 2);
});

t.test("the content lock and the entry of a load are made together, or neither is", async (t) => {
  const [store, first, second] = [newStore(), loadOf(1), { ...loadOf(2), content: "content 1" }];
  const lock = createContentLock(
    rig.dynamo,
    rig.tables.Loads,
    createUploadsTable(rig.dynamo, rig.tables.Uploads),
  );
  const content = `${store} content`;
  t.equal(await loads.registerWith(store, first, lock.taking(content, "one")), undefined);
  t.equal((await loads.read([store], first.version)).get(store)?.length, 1);

  const refused = await loads.registerWith(store, second, lock.taking(content, "two"));
  t.match(refused, { standing: { Holder: { S: "one" } } }, "somebody has the lock");
  t.equal((await loads.read([store], first.version)).get(store)?.length, 1, "nothing was registered");

  t.same(await loads.registerWith(store, first, lock.taking(`${content} too`, "one")), {
    standing: undefined,
  });
  t.equal(
    await loads.registerWith(store, second, lock.taking(`${content} too`, "two")),
    undefined,
    "no lock was left",
  );
});

t.test("a lock is taken over from whoever has ended, once, and from nobody else", async (t) => {
  const [store, first, second] = [newStore(), loadOf(1), loadOf(2)];
  const uploads = createUploadsTable(rig.dynamo, rig.tables.Uploads);
  const lock = createContentLock(rig.dynamo, rig.tables.Loads, uploads);
  const [content, holder] = [`${store} content`, uuidv7()];
  const receipt = { UploadId: holder, Day: "2026-01-01" };
  await uploads.create({ ...receipt, Status: "loading" } as UploadItem);
  await lock.acquire(content, holder);
  const refused = await loads.registerWith(store, first, lock.taking(content, "one"));
  t.equal(await lock.takingOver(refused?.standing, content, "one"), undefined, "it is being loaded");
  await t.rejects(lock.acquire(content, "one"), { code: "content_busy" });

  await rig.dynamo.send(
    new PutCommand({ TableName: rig.tables.Uploads, Item: { ...receipt, Status: "loaded" } }),
  );
  const [one, two] = await Promise.all(
    ["one", "two"].map((uploadId) => lock.takingOver(refused?.standing, content, uploadId)),
  );
  if (one === undefined || two === undefined) throw new Error("nobody may take it over");
  t.equal(await loads.registerWith(store, first, one), undefined);
  t.match(await loads.registerWith(store, second, two), { standing: { Holder: { S: "one" } } });
});

t.test("somebody else's transaction on the lock is waited for, and is no failure", async (t) => {
  const client = createDynamoClient();
  t.teardown(() => client.destroy());
  let refusals = 3;
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName !== "PutItemCommand" || refusals-- <= 0) return next(args);
        throw Object.assign(new Error("Transaction is ongoing for the item"), {
          name: "TransactionConflictException",
        });
      },
    { step: "initialize" },
  );
  const lock = createContentLock(client, rig.tables.Loads, createUploadsTable(client, rig.tables.Uploads));
  await lock.acquire(`${newStore()} content`, "one");
  t.equal(refusals, -1, "asked again until it was free");
});
