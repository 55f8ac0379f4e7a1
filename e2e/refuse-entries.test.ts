import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import t from "tap";
import type { Answer } from "./chaos/error-answers.ts";
import { type CloudRequest, startProxy } from "./chaos/proxy.ts";
import { createRandom } from "./chaos/random.ts";
import { refuseEntries, type Thinned } from "./chaos/refuse-entries.ts";
import { freePort } from "./stack.ts";

/** The fault suite's own part that refuses some entries of a batch. */

const requestOf = (operation: string, json: object): CloudRequest => ({
  ...{ target: "dynamodb", method: "POST", path: "/", headers: {}, operation },
  body: Buffer.from(JSON.stringify(json)),
});
const parse = (bytes: Buffer) => JSON.parse(bytes.toString());

/** What is asked for of a request whose body is `json`, and what the service gets where the cloud says `answered`. */
const refuse = (operation: string, json: object, answered: (request: Json) => object, seed: number) => {
  const thinned = refuseEntries(requestOf(operation, json), createRandom(seed));
  if (thinned === undefined) return undefined;
  const request = thinned.body && parse(thinned.body);
  const body = Buffer.from(JSON.stringify(request ? answered(request) : {}));
  const { headers, body: completed } = thinned.complete({
    ...{ status: 200, headers: { "x-amz-crc32": "1" }, body },
  });
  t.notOk(headers["x-amz-crc32"]);
  return { request, answer: parse(completed) };
};
// biome-ignore lint/suspicious/noExplicitAny: bodies of four operations
type Json = any;

t.test(
  "of a batch some entries are refused, in their own places and in the service's own form",
  async (t) => {
    const puts = { Events: [1, 2, 3], Others: [4] };
    const read = { A: { Keys: [1, 2], ConsistentRead: true }, B: { Keys: [3], ConsistentRead: true } };
    const statements = ["s0", "s1", "s2"].map((Statement) => ({ Statement }));
    const Entries = ["a", "b"].map((Id) => ({ Id, ReceiptHandle: `of ${Id}` }));
    let untouched = 0;
    for (let seed = 0; seed < 50; seed++) {
      // What the cloud itself leaves undone stays so, beside what was refused.
      const written = refuse(
        "BatchWriteItem",
        { RequestItems: puts },
        ({ RequestItems }) => ({
          UnprocessedItems: Object.fromEntries(Object.entries(RequestItems).slice(0, 1)),
        }),
        seed,
      );
      const [[name, undone]] = Object.entries(written?.request.RequestItems) as [[string, number[]]];
      const rest = { ...written?.request.RequestItems, [name]: [] };
      const all = Object.entries(puts).map(([table]) => [
        table,
        [...(rest[table] ?? []), ...(written?.answer.UnprocessedItems[table] ?? [])].sort(),
      ]);
      t.same(Object.fromEntries(all), puts);
      for (const put of undone) t.ok(written?.answer.UnprocessedItems[name].includes(put));

      const found = refuse("BatchGetItem", { RequestItems: read }, () => ({ Responses: {} }), seed);
      const tables = ["A", "B"] as const;
      for (const table of tables) {
        const parts = [found?.request.RequestItems[table], found?.answer.UnprocessedKeys[table]].filter(
          Boolean,
        );
        t.same(parts.flatMap(({ Keys }) => Keys).sort(), read[table].Keys);
        for (const part of parts) t.match(part, { ConsistentRead: true, Keys: /./ });
      }
      t.ok(Object.keys(found?.request.RequestItems).length > 0, "never all of them");

      const said = refuse(
        "BatchExecuteStatement",
        { Statements: statements },
        ({ Statements }) => ({
          Responses: Statements.map(({ Statement }: Json) => ({ done: Statement })),
        }),
        seed,
      );
      t.equal(said?.answer.Responses.length, 3);
      for (const [index, response] of said?.answer.Responses.entries() ?? []) {
        if (response.Error === undefined) t.equal(response.done, `s${index}`);
      }
      if (said?.request === undefined) untouched += 1;

      const deleted = refuse(
        "DeleteMessageBatch",
        { QueueUrl: "q", Entries },
        ({ Entries }) => ({
          Successful: Entries.map(({ Id }: Json) => ({ Id })),
        }),
        seed,
      );
      const { Successful, Failed } = deleted?.answer ?? {};
      t.same([...Successful, ...Failed].map(({ Id }: Json) => Id).sort(), ["a", "b"]);
      for (const failed of Failed) t.match(failed, { SenderFault: false, Code: String });
    }
    t.ok(untouched > 0, "sometimes all statements are refused");
    const one = [
      ["BatchWriteItem", { RequestItems: { Events: [1] } }],
      ["BatchGetItem", { RequestItems: { A: { Keys: [1] } } }],
      ["PutItem", { Item: {} }],
    ] as const;
    for (const [operation, json] of one)
      t.equal(
        refuse(operation, json, () => ({}), 1),
        undefined,
        operation,
      );
  },
);

t.test("the proxy asks for what is left of a batch, and everybody else sees the whole of it", async (t) => {
  const asked: Json[] = [];
  const upstream = createServer(async (request, reply) => {
    asked.push(await json(request));
    reply.end(JSON.stringify({ Responses: asked.at(-1).Statements.map((done: unknown) => ({ done })) }));
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const port = await freePort();
  const seen: Json[] = [];
  let thinned: Thinned | undefined;
  const proxy = await startProxy({
    ...{ port, kind: "dynamodb" },
    upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
    judge: () => (thinned ? { do: "thin", thinned } : { do: "pass" }),
    rewrite: ({ body }) => Buffer.from(body.toString().replaceAll("outside", "inside")),
    onAnswer: async (request, answer, delivered) => {
      seen.push({ asked: parse(request.body), answered: parse(answer.body), delivered });
      return answer;
    },
  });
  t.teardown(async () => {
    await proxy.stop();
    await new Promise((resolve) => upstream.close(resolve));
  });
  const statements = (where: string) => ["s0", "s1", "s2"].map((Statement) => ({ Statement, where }));
  const ask = async () => {
    const body = JSON.stringify({ Statements: statements("outside") });
    return (await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body })).json();
  };
  const [error, done] = [{ Error: "refused" }, (index: number) => ({ done: statements("inside")[index] })];
  const body = Buffer.from(JSON.stringify({ Statements: statements("outside").slice(0, 2) }));
  const complete = (answer: Answer): Answer => {
    const { Responses = [] } = parse(answer.body);
    return { ...answer, body: Buffer.from(JSON.stringify({ Responses: [...Responses, error] })) };
  };
  thinned = { body, complete };
  t.same(await ask(), { Responses: [done(0), done(1), error] });
  t.same(asked, [{ Statements: statements("inside").slice(0, 2) }]);
  thinned = { body: undefined, complete };
  t.same(await ask(), { Responses: [error] });
  t.equal(asked.length, 1, "where nothing is left the cloud is not asked");
  t.same(seen, [
    {
      asked: { Statements: statements("inside") },
      answered: { Responses: [done(0), done(1), error] },
      delivered: true,
    },
    { asked: { Statements: statements("inside") }, answered: { Responses: [error] }, delivered: true },
  ]);
});
