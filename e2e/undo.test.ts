import t from "tap";
import { startStack, until } from "./stack.ts";

const stack = await startStack();
t.teardown(() => stack.stop());

interface Change {
  item: string;
  before: number | null;
  after: number | null;
  change: string;
}

const changesOf = async (uploadId: string): Promise<Change[]> =>
  (await stack.getJson<{ items: Change[] }>(`/v1/uploads/${uploadId}/changes`)).items;
const csv = (rows: Record<string, number>): string =>
  `store,item,count\n${Object.entries(rows)
    .map(([item, count]) => `Berlin,${item},${count}\n`)
    .join("")}`;
const counts = async (): Promise<Record<string, number>> =>
  Object.fromEntries([...(await stack.stock("Berlin"))].map(([item, { count }]) => [item, count]));

t.test("dry run, replacement and undoing, as a sender meets them, and what staff hear of it", async (t) => {
  await stack.ended(await stack.send(csv({ "Echo Dot": 5, "Echo Plus": 3, Fire: 0 })));
  await stack.told(1);

  const wrong = csv({ "Echo Dot": 5, "Echo Plus": 0, Kindle: 9 });
  const dryRun = await stack.send(wrong, "?mode=validate");
  const validated = await stack.ended(dryRun);
  t.match(validated, {
    status: "validated",
    mode: "validate",
    rows: { read: 3, written: 2, unchanged: 1 },
    links: { changes: `/v1/uploads/${dryRun}/changes` },
  });
  t.match(await changesOf(dryRun), [
    { item: "Echo Dot", before: 5, after: 5, change: "unchanged" },
    { item: "Echo Plus", before: 3, after: 0, change: "changed" },
    { item: "Kindle", before: null, after: 9, change: "added" },
  ]);
  t.same(await counts(), { "Echo Dot": 5, "Echo Plus": 3, Fire: 0 });

  const replacing = await stack.send(wrong, "?mode=replace");
  t.match(await stack.ended(replacing), { status: "loaded", retired: 1, rows: { written: 2, unchanged: 1 } });
  t.same(await counts(), { "Echo Dot": 5, "Echo Plus": 0, Kindle: 9 });
  t.match(await changesOf(replacing), [{ item: "Fire", before: 0, after: null, change: "retired" }]);
  const [berlin] = (await stack.getJson<{ items: object[] }>("/v1/stores")).items;
  t.match(berlin, { items: 3, outOfStock: 1 }, "a retired item is not counted");

  const asked = await stack.ask(`/v1/uploads/${replacing}/undo`, { method: "POST" });
  t.equal(asked.status, 202);
  const { uploads } = (await asked.json()) as { uploads: [{ uploadId: string }] };
  const [{ uploadId: undoing }] = uploads;
  t.match(await stack.ended(undoing), {
    status: "loaded",
    mode: "undo",
    undoOf: replacing,
    store: "Berlin",
    rows: { written: 3, unchanged: 1, stale: 0 },
  });
  t.same(await counts(), { "Echo Dot": 5, "Echo Plus": 3, Fire: 0 });

  const told = await stack.told(3);
  t.same(told.toSorted(), [
    "Berlin has Echo Plus back in stock: 3",
    "Berlin is out of stock of Echo Plus",
    "Berlin is out of stock of Fire",
  ]);
  const alerts = await until(async () => {
    const { items } = await stack.getJson<{
      items: { kind: string; item: string; publishedAt: string | null }[];
    }>("/v1/alerts?store=Berlin");
    return items.length === 3 && items.every(({ publishedAt }) => publishedAt) ? items : undefined;
  }, "three published alerts");
  t.same(alerts.map(({ item, kind }) => `${item} ${kind}`).sort(), [
    "Echo Plus back",
    "Echo Plus out",
    "Fire out",
  ]);
});
