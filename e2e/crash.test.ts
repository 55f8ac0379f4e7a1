import t from "tap";
import { startStack, until } from "./stack.ts";

const ROWS = 50_000;
const stack = await startStack({ FINISH_SECONDS: "1" });
t.teardown(stack.stop);

const file = (store: string, count: (row: number) => number, rows = ROWS): string => {
  const lines = ["store,item,count"];
  for (let row = 0; row < rows; row++) lines.push(`${store},item ${row},${count(row)}`);
  return lines.join("\n");
};

t.test("SIGKILL of the ingest worker in the middle of a 50,000-row file", { timeout: 240_000 }, async (t) => {
  const uploadId = await stack.send(file("Cairo", (row) => (row + 1) % 1_000));
  const before = await until(async () => {
    const stock = await stack
      .getJson<{ items: unknown[] }>("/v1/stores/Cairo/inventory?limit=1000")
      .catch(() => undefined);
    return stock && stock.items.length >= 1_000 ? stock.items.length : undefined;
  }, "a thousand rows in the table");
  t.ok(before >= 1_000, "rows were in the table");
  await stack.endService("ingest-worker", "SIGKILL");
  t.equal((await stack.receipt(uploadId)).status, "loading", "killed in the middle");
  await stack.startService("ingest-worker");

  const receipt = await stack.ended(uploadId, 200);
  t.match(receipt, {
    status: "loaded",
    rows: { read: ROWS, written: ROWS, unchanged: 0, stale: 0, rejected: 0, repeated: 0 },
  });
  const stock = await stack.stock("Cairo");
  t.equal(stock.size, ROWS);
  const wrong = Array.from({ length: ROWS }, (_, row) => row).filter(
    (row) => stock.get(`item ${row}`)?.count !== (row + 1) % 1_000,
  );
  t.same(wrong, []);
  const outOfStock = ROWS / 1_000;
  const told = (await stack.told(outOfStock)).filter((line) => line.startsWith("Cairo"));
  t.equal(told.length, outOfStock);
  t.equal(new Set(told).size, outOfStock, "each item was told once");
  t.ok(stack.inbox.length < outOfStock, `${outOfStock} transitions in ${stack.inbox.length} notifications`);
});

t.test("SIGTERM in the middle of a file hands it back at once", { timeout: 240_000 }, async (t) => {
  const rows = 15_000;
  const uploadId = await stack.send(file("Delhi", () => 7, rows));
  await until(
    async () => ((await stack.receipt(uploadId)).status === "loading" ? true : undefined),
    "the load",
  );
  t.equal(await stack.endService("ingest-worker", "SIGTERM"), 0);
  t.equal((await stack.receipt(uploadId)).status, "loading", "not finished, so handed back");
  const stopped = performance.now();
  await stack.startService("ingest-worker");
  await until(async () => {
    const handled = (await stack.metrics("ingest-worker")).match(/stockwire_queue_in_flight\{.*\} (\d)/);
    return handled?.[1] === "1" ? true : undefined;
  }, "the next worker to have it");
  t.ok(performance.now() - stopped < 25_000, "before its visibility timeout could have ended");
  t.match(await stack.ended(uploadId, 200), { status: "loaded", rows: { written: rows } });
});
