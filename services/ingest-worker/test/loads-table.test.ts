import { uploadVersion } from "@stockwire/contracts/keys";
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
  t.equal(await loads.registerWith(store, first, lock.taking(content, "one")), true);
  t.equal((await loads.read([store], first.version)).get(store)?.length, 1);

  t.equal(
    await loads.registerWith(store, second, lock.taking(content, "two")),
    false,
    "somebody has the lock",
  );
  t.equal((await loads.read([store], first.version)).get(store)?.length, 1, "nothing was registered");

  t.equal(
    await loads.registerWith(store, first, lock.taking(`${content} too`, "one")),
    false,
    "registered before",
  );
  t.equal(
    await loads.registerWith(store, second, lock.taking(`${content} too`, "two")),
    true,
    "no lock was left",
  );
});
