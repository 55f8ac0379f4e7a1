import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { uploadVersion } from "@stockwire/contracts/keys";
import t from "tap";
import { createLoadsTable } from "../src/order/loads-table.ts";
import { newStore, startRig, until } from "./ingest-rig.ts";

const rig = await startRig();
const { metrics } = await rig.startWorker();
t.teardown(() => rig.stop());

const at = (second: number) => `2026-03-01T10:00:${String(second).padStart(2, "0")}.000Z`;
const csv = (store: string, rows: Record<string, number | string>) =>
  `store,item,count\n${Object.entries(rows)
    .map(([item, count]) => `${store},${item},${count}`)
    .join("\n")}\n`;

t.test("validate says what would change and changes nothing", async (t) => {
  const store = newStore();
  await rig.ended(await rig.send(csv(store, { a: 1, b: 2, c: 3 }), { receivedAt: at(1) }));
  const id = await rig.send(csv(store, { a: 1, b: 5, d: 9, e: "many" }), {
    receivedAt: at(2),
    mode: "validate",
  });
  const receipt = await rig.ended(id);
  t.equal(receipt.Status, "validated");
  t.match(receipt.Rows, { read: 4, written: 2, unchanged: 1, stale: 0, rejected: 1, repeated: 0 });
  t.same(await rig.counts(store), { a: 1, b: 2, c: 3 });
  const measured = await until(async () => {
    const text = await metrics.registry.metrics();
    return /stockwire_files_total\{[^}]*outcome="validated"[^}]*\} 1\n/.test(text) ? text : undefined;
  }, "the dry run to be measured");
  t.match(measured, /stockwire_rows_total\{[^}]*outcome="written"[^}]*\} 3\n/, "its rows are not counted");
  t.match(await rig.changesOf(id), [
    { store, item: "a", line: 2, before: 1, after: 1, change: "unchanged" },
    { store, item: "b", line: 3, before: 2, after: 5, change: "changed" },
    { store, item: "d", line: 4, before: null, after: 9, change: "added" },
  ]);
  t.equal((await rig.loadsOf()).filter(({ Version }) => Version.includes(id)).length, 0, "not in the ledger");
  const load = await rig.ended(
    await rig.send(csv(store, { a: 1, b: 5, d: 9, e: "many" }), { receivedAt: at(3) }),
  );
  t.equal(
    load.Status,
    "partial",
    "the same bytes load afterwards: a dry run is no load that they would repeat",
  );
});

t.test("replace retires what the file omits, and nothing older brings it back", async (t) => {
  const store = newStore();
  await rig.ended(await rig.send(csv(store, { a: 1, b: 0, c: 3 }), { receivedAt: at(1) }));
  const id = await rig.send(csv(store, { a: 1, d: 4 }), { receivedAt: at(9), mode: "replace" });
  const receipt = await rig.ended(id);
  t.match(receipt, { Status: "loaded", Retired: 2, Rows: { read: 2, written: 1, unchanged: 1 } });
  t.same(await rig.counts(store), { a: 1, d: 4 });
  t.match(await rig.changesOf(id), [
    { item: "b", before: 0, after: null, change: "retired" },
    { item: "c", before: 3, after: null, change: "retired" },
  ]);
  const late = await rig.ended(await rig.send(csv(store, { b: 7, x: 7 }), { receivedAt: at(5) }));
  t.match(late.Rows, { written: 0, stale: 2 }, "also what nobody had seen before");
  t.same(await rig.counts(store), { a: 1, d: 4 });
  const again = await rig.ended(
    await rig.send(csv(store, { a: 1, d: 4 }), { receivedAt: at(10), mode: "replace" }),
  );
  t.equal(again.Status, "duplicate");
  await rig.ended(await rig.send(csv(store, { c: 8 }), { receivedAt: at(11) }));
  t.same(await rig.counts(store), { a: 1, c: 8, d: 4 }, "a newer file brings it back");
});

t.test("replace with rejected rows retires nothing, and says so", async (t) => {
  const store = newStore();
  await rig.ended(await rig.send(csv(store, { a: 1, b: 2 }), { receivedAt: at(1) }));
  const receipt = await rig.ended(
    await rig.send(csv(store, { a: 3, b: "two" }), { receivedAt: at(2), mode: "replace" }),
  );
  t.match(receipt, { Status: "partial", Retired: 0, Warnings: [{ code: "nothing_retired" }] });
  t.same(await rig.counts(store), { a: 3, b: 2 });
});

t.test("a replacement that retired nothing decides only the rows that it names", async (t) => {
  const store = newStore();
  await rig.ended(await rig.send(csv(store, { a: 1 }), { receivedAt: at(1) }));
  const replacing = await rig.send(csv(store, { a: 3, c: "two" }), { receivedAt: at(9), mode: "replace" });
  await rig.ended(replacing);
  const late = await rig.ended(await rig.send(csv(store, { a: 2, b: 7 }), { receivedAt: at(5) }));
  t.match(late.Rows, { written: 1, stale: 1 });
  t.same(await rig.counts(store), { a: 3, b: 7 });
});

t.test("replace over several stores, and within the one that an upload is restricted to", async (t) => {
  const [one, two, three] = [newStore(), newStore(), newStore()];
  const both = (rows: [string, string, number][]) =>
    `store,item,count\n${rows.map((row) => `${row.join(",")}\n`).join("")}`;
  await rig.ended(
    await rig.send(
      both(
        [one, two, three].flatMap((store) =>
          ["a", "b"].map((item): [string, string, number] => [store, item, 1]),
        ),
      ),
      {
        receivedAt: at(1),
      },
    ),
  );
  const receipt = await rig.ended(
    await rig.send(
      both([
        [one, "a", 2],
        [two, "b", 2],
      ]),
      { receivedAt: at(2), mode: "replace" },
    ),
  );
  t.match(receipt, { Status: "loaded", Retired: 2 });
  t.same(
    [await rig.counts(one), await rig.counts(two), await rig.counts(three)],
    [{ a: 2 }, { b: 2 }, { a: 1, b: 1 }],
  );
  const bound = await rig.ended(
    await rig.send(
      both([
        [one, "c", 3],
        [three, "a", 9],
      ]),
      { receivedAt: at(3), mode: "replace", store: one },
    ),
  );
  t.match(bound, {
    Status: "partial",
    Retired: 0,
    Rejected: [{ code: "store_not_allowed" }],
    Warnings: [{ code: "nothing_retired" }],
  });
  t.same(
    [await rig.counts(one), await rig.counts(three)],
    [
      { a: 2, c: 3 },
      { a: 1, b: 1 },
    ],
  );
  const own = both([[one, "c", 4]]);
  await rig.ended(await rig.send(own, { receivedAt: at(4), mode: "replace", store: one }));
  t.same([await rig.counts(one), await rig.counts(three)], [{ c: 4 }, { a: 1, b: 1 }]);
});

t.test(
  "replace retires what an older load that is still open may bring in, also where its file is gone",
  async (t) => {
    const store = newStore();
    const loads = createLoadsTable(rig.dynamo, rig.tables.Loads);
    const older = async (key: string, receivedAt: string): Promise<void> => {
      await loads.register([store], {
        version: uploadVersion(receivedAt, key),
        content: key,
        mode: "load",
        object: { bucket: rig.buckets.inventory, key, etag: "e" },
        storeRestriction: undefined,
      });
      await rig.dynamo.send(
        new PutCommand({ TableName: rig.tables.Uploads, Item: { UploadId: key, Status: "loading" } }),
      );
    };
    await older("gone", at(1));
    const receipt = await rig.ended(
      await rig.send(csv(store, { a: 1 }), { receivedAt: at(5), mode: "replace" }),
    );
    t.match(receipt, { Status: "loaded", Rows: { written: 1 }, Warnings: [{ code: "older_file_gone" }] });
    t.same(await rig.counts(store), { a: 1 });
  },
);

t.test("the same file sent again does not keep its load from being undone", async (t) => {
  const store = newStore();
  await rig.ended(await rig.send(csv(store, { a: 1 }), { receivedAt: at(1) }));
  const wrong = await rig.send(csv(store, { a: 9, n: 4 }), { receivedAt: at(2) });
  await rig.ended(wrong);
  t.equal(
    (await rig.ended(await rig.send(csv(store, { a: 9, n: 4 }), { receivedAt: at(3) }))).Status,
    "duplicate",
  );
  t.match((await rig.ended(await rig.undo(wrong, at(4)))).Rows, { written: 2, stale: 0 });
  t.same(await rig.counts(store), { a: 1 });
});

t.test("where a later file is gone, an undoing leaves what it may have named, and says so", async (t) => {
  const store = newStore();
  await rig.ended(await rig.send(csv(store, { a: 1 }), { receivedAt: at(1) }));
  const wrong = await rig.send(csv(store, { a: 9 }), { receivedAt: at(2) });
  await rig.ended(wrong);
  const later = await rig.send(csv(store, { a: 9, q: 1 }), { receivedAt: at(3) });
  await rig.ended(later);
  await rig.s3.send(
    new DeleteObjectCommand({ Bucket: rig.buckets.inventory, Key: `inventory/${later}.csv` }),
  );
  const receipt = await rig.ended(await rig.undo(wrong, at(4)));
  t.match(receipt, { Rows: { written: 0, stale: 1 }, Warnings: [{ code: "newer_file_gone" }] });
  t.same(await rig.counts(store), { a: 9, q: 1 });
});

t.test("undo puts back, removes, and keeps what a later load has touched", async (t) => {
  const store = newStore();
  await rig.ended(await rig.send(csv(store, { a: 1, b: 2, c: 3, e: 5 }), { receivedAt: at(1) }));
  const wrong = await rig.send(csv(store, { a: 10, b: 20, c: 30, d: 40, e: 5 }), { receivedAt: at(2) });
  await rig.ended(wrong);
  const later = await rig.send(csv(store, { b: 21, c: 30 }), { receivedAt: at(3) });
  t.match((await rig.ended(later)).Rows, { written: 1, unchanged: 1 });

  const undoId = await rig.undo(wrong, at(4));
  const receipt = await rig.ended(undoId);
  t.match(receipt, {
    Status: "loaded",
    Mode: "undo",
    UndoOf: wrong,
    Rows: { read: 5, written: 2, unchanged: 1, stale: 2, rejected: 0, repeated: 0 },
  });
  t.same(await rig.counts(store), { a: 1, b: 21, c: 30, e: 5 });
  t.match(await rig.changesOf(undoId), [
    { item: "a", line: 2, before: 10, after: 1, change: "put_back" },
    { item: "b", line: 3, before: 21, after: 21, change: "kept", by: later },
    { item: "c", line: 4, before: 30, after: 30, change: "kept", by: later },
    { item: "d", line: 5, before: 40, after: null, change: "removed" },
  ]);
  // The same event again, and the same file sent again: the first changes nothing, the second is a load of its own.
  const again = await rig.ended(
    await rig.send(csv(store, { a: 10, b: 20, c: 30, d: 40, e: 5 }), { receivedAt: at(6) }),
  );
  t.equal(again.Status, "loaded", "what was undone may be sent again");
  t.same(await rig.counts(store), { a: 10, b: 20, c: 30, d: 40, e: 5 });
});

t.test("a file that came between the load and its undoing, but arrives last, counts", async (t) => {
  const store = newStore();
  await rig.ended(await rig.send(csv(store, { a: 1, b: 1 }), { receivedAt: at(1) }));
  const wrong = await rig.send(csv(store, { a: 2, b: 2 }), { receivedAt: at(2) });
  await rig.ended(wrong);
  await rig.ended(await rig.undo(wrong, at(6)));
  t.same(await rig.counts(store), { a: 1, b: 1 });
  const between = await rig.ended(await rig.send(csv(store, { a: 7 }), { receivedAt: at(4) }));
  t.match(between.Rows, { written: 1 });
  t.same(await rig.counts(store), { a: 7, b: 1 });
});

t.test("where an older file came late, what stood before is not known, and nothing is undone", async (t) => {
  const store = "Late";
  const wrong = await rig.send(`store,item,count\n${store},Echo,9\n`, { receivedAt: at(3) });
  await rig.ended(wrong);
  // Its row never stood in the table: the newer file had decided it.
  const late = await rig.send(`store,item,count\n${store},Echo,5\n`, { receivedAt: at(2) });
  t.match((await rig.ended(late)).Rows, { stale: 1, written: 0 });
  const receipt = await rig.ended(await rig.undo(wrong, at(4)));
  t.match(receipt, { Status: "rejected", Error: { code: "undo_unsure" }, Rows: { read: 0, written: 0 } });
  t.match(await rig.rowsOf(store), [{ Item: "Echo", Count: 9, Level: "ok" }]);
  const after = await rig.send(`store,item,count\n${store},Echo,5\n`, { receivedAt: at(5) });
  t.equal((await rig.ended(after)).Status, "loaded", "the right counts are taken");
  t.match((await rig.ended(await rig.undo(after, at(6)))).Status, "loaded", "and may be undone themselves");
  t.match(await rig.rowsOf(store), [{ Item: "Echo", Count: 9 }]);
});

t.test("undoing a replacement brings back what it retired; undoing that retires it again", async (t) => {
  const store = newStore();
  await rig.ended(await rig.send(csv(store, { a: 1, b: 0, c: 3 }), { receivedAt: at(1) }));
  const replaced = await rig.send(csv(store, { a: 5, d: 4 }), { receivedAt: at(2), mode: "replace" });
  await rig.ended(replaced);
  const undoId = await rig.undo(replaced, at(3));
  t.match((await rig.ended(undoId)).Rows, { written: 4 });
  t.same(await rig.counts(store), { a: 1, b: 0, c: 3 });
  const redoId = await rig.undo(undoId, at(4));
  t.match(await rig.ended(redoId), { Status: "loaded", Rows: { written: 4 } });
  t.same(await rig.counts(store), { a: 5, d: 4 });
});

t.test("an undoing that died in the middle goes on and tells everything", async (t) => {
  const store = newStore();
  await rig.ended(await rig.send(csv(store, { a: 1, b: 2 }), { receivedAt: at(1) }));
  const wrong = await rig.send(csv(store, { a: 10, b: 20, c: 30 }), { receivedAt: at(2) });
  await rig.ended(wrong);
  const undoId = await rig.undo(wrong, at(3));
  const first = await rig.ended(undoId);
  const told = await rig.changesOf(undoId);
  // As if it had died after its rows and before its end.
  await rig.dynamo.send(
    new UpdateCommand({
      TableName: rig.tables.Uploads,
      Key: { UploadId: undoId },
      UpdateExpression: "SET #s = :loading",
      ExpressionAttributeNames: { "#s": "Status" },
      ExpressionAttributeValues: { ":loading": "loading" },
    }),
  );
  const entry = (await rig.loadsOf()).find(({ Version }) => Version.endsWith(undoId));
  await rig.dynamo.send(
    new UpdateCommand({
      TableName: rig.tables.Loads,
      Key: { Store: store, Version: entry?.Version },
      UpdateExpression: "SET #s = :open",
      ExpressionAttributeNames: { "#s": "State" },
      ExpressionAttributeValues: { ":open": "open" },
    }),
  );
  await rig.announce(`undo/${undoId}.json`);
  const second = await rig.ended(undoId);
  t.same(second.Rows, first.Rows);
  t.same(await rig.changesOf(undoId), told);
  t.same(await rig.counts(store), { a: 1, b: 2 });
});
