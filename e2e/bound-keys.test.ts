import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { makeApiKey } from "@stockwire/contracts/api-key";
import { createClients, destroyClients } from "@stockwire/local-aws/clients";
import t from "tap";
import { startStack } from "./stack.ts";

const stack = await startStack();
t.teardown(stack.stop);

const { text: berlin, item } = makeApiKey(
  { Label: "till", Scopes: ["upload", "read"], Store: "Berlin" },
  new Date(),
);
const clients = createClients(stack.cloud.environment);
await DynamoDBDocumentClient.from(clients.dynamodb).send(
  new PutCommand({ TableName: stack.cloud.environment.TABLE_API_KEYS, Item: item }),
);
destroyClients(clients);

const FILE = "store,item,count\nBerlin,Echo,1\nTokyo,Echo,2\nberlin,Echo,3\n Berlin ,Dot,4\n";

const send = async (path: string, body: FormData | string) => {
  const headers = { "x-api-key": berlin, ...(typeof body === "string" && { "content-type": "text/csv" }) };
  const response = await stack.ask(path, { method: "POST", headers, body });
  if (response.status !== 202) throw new Error(await response.text());
  const { uploads } = (await response.json()) as { uploads: { uploadId: string }[] };
  return stack.ended(uploads[0]?.uploadId ?? "");
};

t.test("the worker loads a bound key's own store, and rejects every other row", async (t) => {
  const form = new FormData();
  form.append("file", new Blob([FILE]), "store=Tokyo.csv");
  for (const receipt of [
    await send("/v1/inventory", form),
    await send("/v1/inventory?store=Berlin&filename=Tokyo.csv", FILE),
  ]) {
    t.equal(receipt.store, "Berlin");
    t.match(receipt.rows, { read: 4, rejected: 2 });
    t.same(
      receipt.rejected.map(({ line, code, value }) => [line, code, value]),
      [
        [3, "store_not_allowed", "Tokyo"],
        [4, "store_not_allowed", "berlin"],
      ],
    );
  }
  t.match(await send("/v1/inventory", "item,count\nFire,7\n"), {
    status: "loaded",
    store: "Berlin",
    rows: { read: 1, written: 1 },
  });
  t.same(
    [...(await stack.stock("Berlin"))].map(([name, { count }]) => [name, count]),
    [
      ["Dot", 4],
      ["Echo", 1],
      ["Fire", 7],
    ],
  );
  t.equal((await stack.ask("/v1/stores/Tokyo/inventory")).status, 404, "Tokyo has nothing");
});
