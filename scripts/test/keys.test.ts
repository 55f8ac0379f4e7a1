import { execFile } from "node:child_process";
import { join } from "node:path";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { digestOfSecret, parseApiKey } from "@stockwire/contracts/api-key";
import type { ApiKeyItem } from "@stockwire/contracts/items";
import { createClients, destroyClients } from "@stockwire/local-aws/clients";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import t from "tap";
import { chooseTable } from "../keys/choose-table.ts";
import { readCommand } from "../keys/read-command.ts";

const cloud = await startLocalCloud({ log: () => {} });
t.teardown(() => cloud.stop());
const port = new URL(cloud.environment.AWS_ENDPOINT_URL_DYNAMODB ?? "").port;
const clients = createClients(cloud.environment);
t.teardown(() => destroyClients(clients));
const dynamo = DynamoDBDocumentClient.from(clients.dynamodb);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The tool as a process of its own, which finds the local cloud by its port alone. */
const keys = (args: readonly string[], environment: Record<string, string> = { DYNAMODB_PORT: port }) =>
  new Promise<Ended>((resolve) => {
    const script = join(import.meta.dirname, "../keys.ts");
    const env = { PATH: process.env.PATH, ...environment };
    execFile(process.execPath, [script, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });

const itemOf = async (text: string): Promise<ApiKeyItem | undefined> => {
  const { Items } = await dynamo.send(new ScanCommand({ TableName: "ApiKeys", ConsistentRead: true }));
  return (Items as ApiKeyItem[]).find(({ KeyId }) => KeyId === parseApiKey(text)?.keyId);
};

t.test("create, list, rotate, disable", async (t) => {
  const args = ["create", "--scopes", "upload,read,upload", "--store", " Ko\u0308ln ", "--label", "till 3"];
  const created = await keys(args);
  t.equal(created.code, 0, created.stderr);
  const text = created.stdout.trim();
  const secret = parseApiKey(text)?.secret ?? "?";
  t.match(created.stderr, new RegExp(`^Table ApiKeys at http://127.0.0.1:${port}, the local cloud\n`));
  t.notMatch(created.stderr, secret, "the key is all that comes on standard output, and comes there alone");
  const item = await itemOf(text);
  t.match(item, { Scopes: ["upload", "read"], Store: "Köln", Label: "till 3", DisabledAt: undefined });
  t.equal(item?.SecretSha256, digestOfSecret(secret).toString("hex"));
  t.notMatch(JSON.stringify(item), secret);

  const listed = await keys(["list"]);
  t.match(listed.stdout, new RegExp(`^${item?.KeyId}  upload,read  store Köln  created .*  till 3\n$`));
  t.notMatch(listed.stdout + listed.stderr, new RegExp(`${secret}|${item?.SecretSha256}`));

  const before = Date.now();
  const rotated = await keys(["rotate", item?.KeyId ?? "", "--grace", "1h"]);
  const next = rotated.stdout.trim();
  t.match(await itemOf(next), {
    Scopes: ["upload", "read"],
    Store: "Köln",
    Label: "till 3",
    DisabledAt: undefined,
  });
  t.not(parseApiKey(next)?.secret, secret);
  const end = Date.parse((await itemOf(text))?.DisabledAt ?? "");
  t.ok(end >= before + 3_600_000 && end <= Date.now() + 3_600_000, "the old key has its hour");
  const again = await keys(["rotate", item?.KeyId ?? ""]);
  t.match(again, { code: 1, stdout: "", stderr: /was rotated and ends .*Create a key instead/ });

  t.equal((await keys(["disable", item?.KeyId ?? ""])).code, 0);
  const disabledAt = (await itemOf(text))?.DisabledAt ?? "";
  t.ok(Date.parse(disabledAt) <= Date.now(), "at once, in spite of the hour");
  await keys(["disable", item?.KeyId ?? ""]);
  t.equal((await itemOf(text))?.DisabledAt, disabledAt, "once is enough");
  t.match((await keys(["list"])).stdout, new RegExp(`${item?.KeyId} .*disabled ${disabledAt}`));
  t.match(await keys(["disable", "0123456789ab"]), { code: 1, stderr: /There is no key 0123456789ab/ });
});

t.test("where nothing answers it says so in a line", async (t) => {
  const { code, stderr } = await keys(["list"], { DYNAMODB_PORT: "1" });
  t.equal(code, 1);
  t.match(
    stderr,
    /Nothing answers at http:\/\/127\.0\.0\.1:1, the local cloud\. Is `npm start` running\?\n$/,
  );
  const other = await keys(["list"], { ...cloud.environment, TABLE_API_KEYS: "Nowhere" });
  t.match(other, {
    code: 1,
    stderr: /^Table Nowhere at http.*\nThere is no such table at http.*TABLE_API_KEYS/,
  });
});

t.test("the table is the one that the environment points to", async (t) => {
  t.match(chooseTable({ DYNAMODB_PORT: "8001" }), {
    name: "ApiKeys",
    place: "at http://127.0.0.1:8001, the local cloud",
  });
  t.match(chooseTable({ TABLE_API_KEYS: "prod-ApiKeys", AWS_REGION: "eu-central-1" }), {
    name: "prod-ApiKeys",
    place: "on AWS in eu-central-1",
  });
  t.match(chooseTable({ AWS_ENDPOINT_URL: "http://cloud:1" }), {
    name: "ApiKeys",
    place: "at http://cloud:1",
  });
});

t.test("what cannot be meant is refused before anything is written", async (t) => {
  for (const [line, message] of [
    ["", /^Usage/],
    ["destroy", /^Usage/],
    ["create", /--scopes must be/],
    ["create --scopes", /Usage/],
    ["create --scopes write", /--scopes must be one or more of upload, read, admin, not "write"/],
    ["create --scopes upload, --store Berlin", /not ""/],
    ["create --scopes read --store ", /--store/],
    [`create --scopes read --store ${"x".repeat(129)}`, /--store has more than 128 characters/],
    ["create --scopes read --store a\u200bb", /--store holds a character that does not show/],
    ["create --scopes read --grace 1h", /create takes no --grace/],
    ["create --scopes read Berlin", /one argument too many/],
    ["rotate", /Which key/],
    ["rotate x", /not the id of a key/],
    ["rotate 0123456789ab --grace 1w", /--grace must be like/],
    ["disable 0123456789ab 0123456789ab", /one argument too many/],
    ["list --all", /Usage/],
  ] as const) {
    t.throws(() => readCommand(line === "" ? [] : line.split(" ")), { message }, line);
  }
  t.match(readCommand(["rotate", "0123456789ab"]), { graceMilliseconds: 86_400_000 });
});
