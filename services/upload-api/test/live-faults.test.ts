import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { createDynamoClient } from "@stockwire/service-kit/aws-clients";
import { createEventAppender } from "@stockwire/service-kit/live/append-events";
import fastify, { type FastifyBaseLogger } from "fastify";
import t from "tap";
import { createKeyCheck } from "../src/access/check-key.ts";
import { createKeyLookUp } from "../src/access/look-up-key.ts";
import { authenticate } from "../src/hooks/authenticate.ts";
import { getEvents } from "../src/routes/get-events.ts";
import { readStream } from "./event-reader.ts";
import { ADMIN_KEY, apiWith, createKey, startApi, until } from "./helpers.ts";

const api = await startApi(t);
const { tables } = api.context.resources;

const { append } = createEventAppender({
  dynamo: api.dynamo,
  tableName: tables.Events,
  onError: (error) => {
    throw error;
  },
});
const tell = (uploadId: string) =>
  append({ Name: "receipt", Data: JSON.stringify({ receipt: { uploadId, store: null } }) });
const isAbout =
  (uploadId: string) =>
  ({ data }: { data: { receipt?: { uploadId: string } } }): boolean =>
    data.receipt?.uploadId === uploadId;

t.test("while the table cannot be read streams stay open, and go on where they were", async (t) => {
  const dynamo = createDynamoClient();
  let isDown = false;
  let failed = 0;
  dynamo.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (!isDown || commandName !== "QueryCommand") return next(args);
        failed += 1;
        throw new Error("no table");
      },
    { step: "initialize" },
  );
  const url = await apiWith(t, api, { dynamo });
  const stream = await readStream(`${url}/v1/events`, ADMIN_KEY);
  await tell("before");
  await stream.next(isAbout("before"));
  isDown = true;
  await until("some polls have failed", () => failed >= 2);
  await tell("meanwhile");
  const resume = () => readStream(`${url}/v1/events`, ADMIN_KEY, { "last-event-id": stream.lastId });
  const late = [await resume(), await resume(), await resume()];
  isDown = false;
  await stream.next(isAbout("meanwhile"), "what was told meanwhile");
  for (const open of late)
    await open.next(isAbout("meanwhile"), "what was told meanwhile, to who came back then");
  await tell("after");
  for (const open of [stream, ...late]) {
    await open.next(isAbout("after"));
    t.notOk(open.ended);
    t.notOk(open.frames.some(({ event }) => event === "reset"));
    await open.close();
  }
  const lines = api.logged.map(({ msg }) => String(msg)).filter((msg) => /live events/.test(msg));
  t.match(lines, [/^could not read live events/, /^live events can be read again$/]);
  t.equal(lines.length, 2, "one line, not one a poll or a stream");
});

t.test("a key that is disabled ends its stream", async (t) => {
  const app = fastify({ loggerInstance: api.context.log as FastifyBaseLogger });
  // As in the API, but what is known of a key is not remembered, and is looked at again at once.
  const checkKey = createKeyCheck(createKeyLookUp(api.dynamo, tables.ApiKeys));
  authenticate(app, { ...api.context, checkKey }, async () => undefined);
  await app.register(getEvents(api.context, { heartbeatMs: 60_000, checkMs: 20 }));
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  t.teardown(() => app.close());
  const { text, item } = await createKey(api, { Scopes: ["read"] });
  const [revoked, kept] = [
    await readStream(`${url}/v1/events`, text),
    await readStream(`${url}/v1/events`, ADMIN_KEY),
  ];
  await tell("while it may");
  await revoked.next(isAbout("while it may"));
  await api.dynamo.send(
    new UpdateCommand({
      TableName: tables.ApiKeys,
      Key: { KeyId: item.KeyId },
      UpdateExpression: "SET DisabledAt = :now",
      ExpressionAttributeValues: { ":now": new Date().toISOString() },
    }),
  );
  await revoked.untilEnded();
  const again = await globalThis.fetch(`${url}/v1/events`, { headers: { "x-api-key": text } });
  t.equal(again.status, 401);
  await again.body?.cancel();
  await tell("afterwards");
  await kept.next(isAbout("afterwards"));
  t.notOk(kept.ended, "another key's goes on");
  await kept.close();
});
