import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateScan,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { isDisabled, type KeyRights, makeApiKey } from "@stockwire/contracts/api-key";
import type { ApiKeyItem } from "@stockwire/contracts/items";

export interface Keys {
  readonly dynamo: DynamoDBDocumentClient;
  readonly tableName: string;
}

type MadeKey = ReturnType<typeof makeApiKey>;

const IS_NEW = "attribute_not_exists(KeyId)";

export const createKey = async ({ dynamo, tableName }: Keys, rights: KeyRights): Promise<MadeKey> => {
  const made = makeApiKey(rights, new Date());
  await dynamo.send(new PutCommand({ TableName: tableName, Item: made.item, ConditionExpression: IS_NEW }));
  return made;
};

/** The oldest first. */
export const listKeys = async ({ dynamo, tableName }: Keys): Promise<ApiKeyItem[]> => {
  const items: ApiKeyItem[] = [];
  for await (const { Items } of paginateScan(
    { client: dynamo },
    { TableName: tableName, ConsistentRead: true },
  )) {
    items.push(...((Items ?? []) as ApiKeyItem[]));
  }
  return items.sort((a, b) => (a.CreatedAt < b.CreatedAt ? -1 : 1));
};

/**
 * Makes a key with the same rights and lets the old one end after the grace period: both or neither.
 * @throws Error for the user where the key is unknown or ends already
 */
export const rotateKey = async (
  keys: Keys,
  keyId: string,
  graceMilliseconds: number,
): Promise<MadeKey & { readonly oldWorksUntil: string }> => {
  const { dynamo, tableName } = keys;
  const old = await getKey(keys, keyId);
  if (old.DisabledAt !== undefined) {
    const tense = isDisabled(old, Date.now()) ? "has been disabled since" : "was rotated and ends";
    throw new Error(`${keyId} ${tense} ${old.DisabledAt}. Create a key instead.`);
  }
  const now = new Date();
  const oldWorksUntil = new Date(now.getTime() + graceMilliseconds).toISOString();
  const { Label, Scopes, Store } = old;
  const made = makeApiKey({ Label, Scopes, ...(Store !== undefined && { Store }) }, now);
  await dynamo.send(
    new TransactWriteCommand({
      TransactItems: [
        { Put: { TableName: tableName, Item: made.item, ConditionExpression: IS_NEW } },
        {
          Update: {
            TableName: tableName,
            Key: { KeyId: keyId },
            UpdateExpression: "SET DisabledAt = :until",
            // Whoever disabled it meanwhile meant it.
            ConditionExpression: "attribute_exists(KeyId) AND attribute_not_exists(DisabledAt)",
            ExpressionAttributeValues: { ":until": oldWorksUntil },
          },
        },
      ],
    }),
  );
  return { ...made, oldWorksUntil };
};

/** Ends a key now; one that has ended already stays as it is. @throws Error for the user where it is unknown */
export const disableKey = async (keys: Keys, keyId: string): Promise<ApiKeyItem> => {
  const known = await getKey(keys, keyId);
  if (isDisabled(known, Date.now())) return known;
  const { Attributes } = await keys.dynamo.send(
    new UpdateCommand({
      TableName: keys.tableName,
      Key: { KeyId: keyId },
      UpdateExpression: "SET DisabledAt = :now",
      ConditionExpression: "attribute_exists(KeyId)",
      ExpressionAttributeValues: { ":now": new Date().toISOString() },
      ReturnValues: "ALL_NEW",
    }),
  );
  return Attributes as ApiKeyItem;
};

const getKey = async ({ dynamo, tableName }: Keys, keyId: string): Promise<ApiKeyItem> => {
  const { Item } = await dynamo.send(
    new GetCommand({ TableName: tableName, Key: { KeyId: keyId }, ConsistentRead: true }),
  );
  if (Item === undefined) throw new Error(`There is no key ${keyId}; \`list\` shows those that there are.`);
  return Item as ApiKeyItem;
};
