import type { InventoryItem } from "@stockwire/contracts/items";
import { uploadVersion } from "@stockwire/contracts/keys";
import t from "tap";
import { v7 as uuidv7 } from "uuid";
import type { StockRow } from "../src/file/validate-row.ts";
import { createInventoryTable, type InventoryTable } from "../src/table/inventory-table.ts";
import { loadWriter } from "../src/table/load-rows.ts";
import { createStandingRowsReader } from "../src/table/standing-rows.ts";
import { inBatches, keyOf, writeRows } from "../src/table/write-rows.ts";
import { newStore, startRig } from "./ingest-rig.ts";

const rig = await startRig();
t.teardown(() => rig.stop());

const table = createInventoryTable(rig.dynamo, rig.tables.Inventory);
const signal = new AbortController().signal;

/** Keys that were asked for one by one, and stores that were read whole. */
const watch = (watched: InventoryTable) => {
  const seen = { keys: 0, stores: 0 };
  const table: InventoryTable = {
    ...watched,
    read: (keys) => {
      seen.keys += keys.length;
      return watched.read(keys);
    },
    scan: (store) => {
      seen.stores += 1;
      return watched.scan(store);
    },
  };
  return { table, seen };
};

const versionOf = (second: number): string =>
  uploadVersion(`2026-01-01T00:00:${String(second).padStart(2, "0")}.000Z`, uuidv7());

const itemOf = (store: string, index: number, version: string, count = 5): InventoryItem => ({
  Store: store,
  Item: `Item ${index}`,
  Count: count,
  Level: "ok",
  Previous: null,
  Version: version,
  Line: index + 2,
  UploadId: version.slice(-36),
  UpdatedAt: "2026-01-01T00:00:00.000Z",
});

const rowsOf = (store: string, rows: number, count = 5): StockRow[] =>
  Array.from({ length: rows }, (_, index) => ({ line: index + 2, store, item: `Item ${index}`, count }));

/** A store with items of an old load. */
const filledStore = async (items: number): Promise<string> => {
  const store = newStore();
  const version = versionOf(1);
  const rows = Array.from({ length: items }, (_, index) => itemOf(store, index, version));
  for (const batch of inBatches(rows, 25)) await table.write(batch.map((row) => ({ kind: "insert", row })));
  return store;
};

const writer = (version: string) =>
  loadWriter({
    version,
    uploadId: version.slice(-36),
    writeEveryRowOf: new Set(),
    level: () => "ok",
    onTransition: () => undefined,
    onWritten: () => undefined,
  });

t.test("a store of which a file names much is read whole, and only once", async (t) => {
  const store = await filledStore(120);
  const { table: watched, seen } = watch(table);
  const standing = createStandingRowsReader(rig.dynamo, watched, rig.tables.Stores).open(120, signal);
  const rows = rowsOf(store, 120);
  const [first, second] = await Promise.all([
    standing.find(rows.slice(0, 60)),
    standing.find(rows.slice(60)),
  ]);
  t.same([first.size, second.size], [60, 60]);
  t.equal(first.get(keyOf(store, "Item 7"))?.Count, 5);
  t.equal((await standing.find(rowsOf(newStore(), 3))).size, 0, "of an empty store nothing is there");
  t.same(seen, { keys: 0, stores: 2 });
  standing.close();
});

t.test("few rows for a large store are read by their keys", async (t) => {
  const store = await filledStore(150);
  const { table: watched, seen } = watch(table);
  const reader = createStandingRowsReader(rig.dynamo, watched, rig.tables.Stores);
  const few = reader.open(99, signal);
  t.equal((await few.find(rowsOf(store, 99))).size, 99);
  t.same(seen, { keys: 99, stores: 0 }, "one call gives all of them");
  few.close();
});

t.test("no more is held than a process has room for, and closing makes room", async (t) => {
  const [one, other] = [await filledStore(120), await filledStore(120)];
  const { table: watched, seen } = watch(table);
  const reader = createStandingRowsReader(rig.dynamo, watched, rig.tables.Stores, 200);
  const first = reader.open(120, signal);
  await first.find(rowsOf(one, 1));
  const second = reader.open(120, signal);
  t.equal((await second.find(rowsOf(other, 100))).size, 100, "read by keys");
  t.equal(seen.keys, 100);
  second.close();
  first.close();
  const third = reader.open(120, signal);
  t.equal((await third.find(rowsOf(other, 100))).size, 100);
  t.equal(seen.keys, 100, "read whole");
  third.close();
});

t.test("what others write after the store was read is seen by the guard, and read anew", async (t) => {
  const store = await filledStore(110);
  const reader = createStandingRowsReader(rig.dynamo, table, rig.tables.Stores);
  const standing = reader.open(120, signal);
  const ours = versionOf(5);
  await standing.find(rowsOf(store, 1));

  const [old] = await table.read([{ store, item: "Item 0" }]);
  const newer = versionOf(9);
  const older = versionOf(3);
  await table.write([
    { kind: "update", row: itemOf(store, 0, newer, 99), over: old?.Version ?? "" },
    { kind: "insert", row: itemOf(store, 115, newer, 98) },
    { kind: "insert", row: itemOf(store, 116, older, 97) },
  ]);
  const rows = rowsOf(store, 120, 6);
  const wanted = [0, 1, 115, 116, 117].flatMap((index) => rows[index] ?? []);
  const counts = await writeRows(table, wanted, writer(ours), standing.find);
  standing.close();
  t.same(counts, { written: 3, unchanged: 0, stale: 2 });
  const found = new Map((await rig.rowsOf(store)).map((row) => [row.Item, row]));
  t.same(
    [0, 1, 115, 116, 117].map((index) => found.get(`Item ${index}`)?.Count),
    [99, 6, 98, 6, 6],
  );
  t.equal(found.get("Item 116")?.Previous, 97, "the row of the older load was read before it was replaced");
});

t.test("a file of a whole store asks for no key, first and again; one of few rows does", async (t) => {
  const keys: string[] = [];
  rig.dynamo.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const { RequestItems = {} } = args.input as { RequestItems?: object };
        if (commandName === "BatchGetItemCommand" && rig.tables.Inventory in RequestItems)
          keys.push(commandName);
        return next(args);
      },
    { step: "initialize", name: "watchReads" },
  );
  await rig.startWorker();
  const store = newStore();
  const file = (rows: number, count: number) =>
    [
      "store,item,count",
      ...rowsOf(store, rows, count).map((row) => `${store},${row.item},${row.count}`),
    ].join("\n");
  const rowsAfter = async (content: string) => (await rig.ended(await rig.send(content))).Rows;
  t.match(await rowsAfter(file(1_000, 5)), { written: 1_000, unchanged: 0 });
  t.match(await rowsAfter(`${file(1_000, 5)}\n`), { written: 0, unchanged: 1_000 });
  t.same(keys, []);
  t.match(await rowsAfter(file(150, 6)), { written: 150 });
  t.equal(keys.length, 2, "two calls for 150 keys");
  rig.dynamo.middlewareStack.remove("watchReads");
});
