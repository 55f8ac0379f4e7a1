import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { ITEMS_A_PAGE } from "@stockwire/service-kit/stock/items-a-page";
import t from "tap";
import { newStore, startRig } from "./ingest-rig.ts";

const rig = await startRig();
t.teardown(() => rig.stop());

t.test("a store of more items than a page is read, compared and counted whole", async (t) => {
  const [store, rows] = [newStore(), ITEMS_A_PAGE + 50];
  const worker = await rig.startWorker();
  const send = (last: number) => {
    const lines = Array.from({ length: rows }, (_, row) => `item ${row},${row === rows - 1 ? last : 1}`);
    return rig.send(`item,count\n${lines.join("\n")}\n`, { store });
  };
  t.match((await rig.ended(await send(1))).Rows, { written: rows });
  t.match((await rig.ended(await send(0))).Rows, { written: 1, unchanged: rows - 1 });
  const { Item } = await rig.dynamo.send(
    new GetCommand({ TableName: rig.tables.Stores, Key: { Store: store }, ConsistentRead: true }),
  );
  t.match(Item, { Items: rows, OutOfStock: 1 });
  await worker.stop();
});
