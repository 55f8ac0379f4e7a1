import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBDocumentClient, ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { parseApiKey } from "@stockwire/contracts/api-key";
import t from "tap";
import { adminKeyFile, provideAdminKey } from "../src/admin-key.ts";
import { startTestCloud, temporaryDirectory } from "./helpers.ts";

const cloud = await startTestCloud(t);
const dynamo = DynamoDBDocumentClient.from(cloud.clients.dynamodb);
const provide = (dataDir?: string) => provideAdminKey(cloud.environment, dataDir);
const countKeys = async (): Promise<number> =>
  (await dynamo.send(new ScanCommand({ TableName: "ApiKeys", ConsistentRead: true }))).Count ?? 0;
const modeOf = (file: string): number => statSync(file).mode & 0o777;

t.test("the key is made once, for its owner's eyes only", async (t) => {
  const dataDir = join(temporaryDirectory(t), "new");
  const key = await provide(dataDir);
  const file = adminKeyFile(dataDir);
  t.equal(readFileSync(file, "utf8"), `${key}\n`);
  t.equal(modeOf(file), 0o600);
  t.same(readdirSync(dataDir), ["api-key"], "nothing is left beside it");
  const keys = await countKeys();
  chmodSync(file, 0o644);
  t.equal(await provide(dataDir), key, "the next start finds it again");
  t.equal(modeOf(file), 0o600);
  t.equal(await countKeys(), keys);
});

t.test("a key that does not work here is replaced", async (t) => {
  const dataDir = temporaryDirectory(t);
  const disabled = await provide(dataDir);
  await dynamo.send(
    new UpdateCommand({
      TableName: "ApiKeys",
      Key: { KeyId: parseApiKey(disabled)?.keyId },
      UpdateExpression: "SET DisabledAt = :now",
      ExpressionAttributeValues: { ":now": new Date().toISOString() },
    }),
  );
  const second = await provide(dataDir);
  t.not(second, disabled);
  const wrongSecret = `${second.slice(0, -43)}${"A".repeat(43)}`;
  for (const text of ["", "nonsense", wrongSecret, `sw_0123456789ab_${"A".repeat(43)}`]) {
    writeFileSync(adminKeyFile(dataDir), text);
    const next = await provide(dataDir);
    t.match(next, /^sw_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
    t.not(next, text);
    t.equal(readFileSync(adminKeyFile(dataDir), "utf8").trim(), next);
  }
});

t.test("without a data directory it is told only", async (t) => {
  t.not(await provide(), await provide());
});
