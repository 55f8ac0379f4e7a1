import { randomUUID } from "node:crypto";
import type { Receipt } from "@stockwire/contracts/receipt";
import t from "tap";
import { startStack } from "./stack.ts";

const TIMES = 50;
const ROWS = 200;

const stack = await startStack();
t.teardown(stack.stop);

const fileOf = (store: string): string =>
  `store,item,count\n${Array.from({ length: ROWS }, (_, row) => `${store},item ${row},${row + 1}\n`).join("")}`;

const post = (content: string, key?: string): Promise<Response> =>
  stack.ask("/v1/inventory", {
    method: "POST",
    headers: { "content-type": "text/csv", ...(key !== undefined && { "idempotency-key": key }) },
    body: content,
  });

interface Accepted {
  uploads: { uploadId: string }[];
}
const atOnce = <Value>(work: () => Promise<Value>): Promise<Value[]> =>
  Promise.all(Array.from({ length: TIMES }, work));

const uploadsOf = async (store: string): Promise<Receipt[]> =>
  (await stack.getJson<{ items: Receipt[] }>(`/v1/uploads?store=${store}&limit=100`)).items;

t.test("50 times at once with one key: one upload, one answer", { timeout: 300_000 }, async (t) => {
  const key = `"${randomUUID()}"`;
  const content = fileOf("Bern");
  const statuses: number[] = [];
  const answers = await atOnce(async () => {
    for (;;) {
      const response = await post(content, key);
      statuses.push(response.status);
      const body = await response.text();
      if (response.status === 202) return body;
      t.equal(response.status, 409);
      t.match(response.headers.get("retry-after"), /^[1-9]\d*$/);
    }
  });
  t.comment(`${statuses.filter((status) => status === 409).length} × 409 on the way`);
  t.equal(new Set(answers).size, 1, "the same 202 for everybody");
  const { uploads } = JSON.parse(answers[0] as string) as Accepted;
  t.match(await stack.ended(uploads[0]?.uploadId as string), { status: "loaded", rows: { written: ROWS } });
  t.equal((await uploadsOf("Bern")).length, 1);
});

t.test(
  "50 times at once without one: 49 duplicates, each row written once",
  { timeout: 300_000 },
  async (t) => {
    const content = fileOf("Cork");
    const ids = await atOnce(async () => {
      const response = await post(content);
      t.equal(response.status, 202);
      return ((await response.json()) as Accepted).uploads[0]?.uploadId as string;
    });
    t.equal(new Set(ids).size, TIMES);
    // One after the other: asking for all of them at once would be a storm of its own, and be limited as one.
    const receipts: Receipt[] = [];
    for (const id of ids) receipts.push(await stack.ended(id, 250));
    const [loaded, ...more] = receipts.filter(({ status }) => status === "loaded");
    t.same(more, []);
    const duplicates = receipts.filter(({ status }) => status === "duplicate");
    t.equal(duplicates.length, TIMES - 1);
    t.ok(duplicates.every(({ duplicateOf }) => duplicateOf === loaded?.uploadId));
    t.equal(
      receipts.reduce((sum, { rows }) => sum + rows.written, 0),
      ROWS,
    );
    const stock = await stack.stock("Cork");
    t.equal(stock.size, ROWS);
    t.ok([...stock.values()].every(({ uploadId }) => uploadId === loaded?.uploadId));
    t.equal((await uploadsOf("Cork")).length, TIMES);
  },
);
