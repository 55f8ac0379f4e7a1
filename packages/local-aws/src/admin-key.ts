import { timingSafeEqual } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { digestOfSecret, isDisabled, makeApiKey, parseApiKey } from "@stockwire/contracts/api-key";
import type { ApiKeyItem } from "@stockwire/contracts/items";
import { tableVariable } from "@stockwire/contracts/variables";
import { createClients, destroyClients, type Environment } from "./clients.ts";

/** Where an administrator's key lies in a data directory. */
export const adminKeyFile = (dataDir: string): string => join(dataDir, "api-key");

/**
 * Whoever starts a cloud of his own is its administrator: answers a key that may do everything, the one in the data
 * directory where it still works, else a new one, written there so that only this user can read it.
 * @param environment the cloud's
 * @param dataDir absent: the key is only answered
 */
export const provideAdminKey = async (environment: Environment, dataDir?: string): Promise<string> => {
  const clients = createClients(environment);
  try {
    const dynamo = DynamoDBDocumentClient.from(clients.dynamodb);
    const tableName = environment[tableVariable("ApiKeys")] ?? "ApiKeys";
    const kept = dataDir === undefined ? undefined : readKey(adminKeyFile(dataDir));
    if (dataDir !== undefined && kept !== undefined && (await isAdminKey(dynamo, tableName, kept))) {
      chmodSync(adminKeyFile(dataDir), OWNER_ONLY);
      return kept;
    }
    const { text, item } = makeApiKey(
      { Label: "administrator, made at the start", Scopes: ["admin"] },
      new Date(),
    );
    await dynamo.send(
      new PutCommand({
        TableName: tableName,
        Item: item,
        ConditionExpression: "attribute_not_exists(KeyId)",
      }),
    );
    if (dataDir !== undefined) writeKey(adminKeyFile(dataDir), text);
    return text;
  } finally {
    destroyClients(clients);
  }
};

const OWNER_ONLY = 0o600;

const readKey = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
};

/** Whole or not at all, and never readable by others on the way. */
const writeKey = (file: string, text: string): void => {
  mkdirSync(dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}`;
  rmSync(beside, { force: true });
  writeFileSync(beside, `${text}\n`, { mode: OWNER_ONLY, flag: "wx", flush: true });
  renameSync(beside, file);
};

const isAdminKey = async (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  text: string,
): Promise<boolean> => {
  const key = parseApiKey(text);
  if (key === undefined) return false;
  const { Item } = await dynamo.send(
    new GetCommand({ TableName: tableName, Key: { KeyId: key.keyId }, ConsistentRead: true }),
  );
  const item = Item as ApiKeyItem | undefined;
  if (item === undefined || isDisabled(item, Date.now())) return false;
  const digest = Buffer.from(item.SecretSha256, "hex");
  const isRight = digest.length === 32 && timingSafeEqual(digest, digestOfSecret(key.secret));
  return isRight && item.Scopes.includes("admin") && item.Store === undefined;
};
