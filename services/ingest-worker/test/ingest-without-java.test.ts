import t from "tap";
import { newStore, startRig } from "./ingest-rig.ts";

process.env.STOCKWIRE_NO_JAVA = "1";
const rig = await startRig();
t.teardown(rig.stop);
await rig.startWorker();

t.test("on the stand-in for DynamoDB Local rows are inserted, changed, guarded and left alone", async (t) => {
  const store = newStore();
  const file = (rows: Record<string, number>) =>
    ["store,item,count", ...Object.entries(rows).map(([item, count]) => `${store},${item},${count}`)].join(
      "\n",
    );
  const at = (second: number) => ({ receivedAt: `2026-01-01T00:00:0${second}.000Z` });
  t.match((await rig.ended(await rig.send(file({ a: 1, b: 2 }), at(1)))).Rows, { written: 2 });
  t.match((await rig.ended(await rig.send(file({ a: 0, b: 2 }), at(3)))).Rows, { written: 1, unchanged: 1 });
  t.match((await rig.ended(await rig.send(file({ a: 7, b: 9 }), at(2)))).Rows, { stale: 2 });
  t.same(await rig.counts(store), { a: 0, b: 2 });
  t.equal((await rig.ended(await rig.send(file({ a: 0, b: 2 }), at(4)))).Status, "duplicate");
});
