import { type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import type { ApiKeyItem } from "@stockwire/contracts/items";

/** Finds a key by its id; undefined: there is none. */
export type LookUpKey = (keyId: string) => Promise<ApiKeyItem | undefined>;

/** How long an answer is used again: a disabled key works no longer than this. */
const REMEMBERED_MILLISECONDS = 5_000;
/** Answers kept, those for ids that do not exist included: made-up ids cannot fill the memory. */
const MAX_REMEMBERED = 10_000;

/** Reads the table, strongly consistent. */
export const createKeyLookUp =
  (dynamo: DynamoDBDocumentClient, tableName: string): LookUpKey =>
  async (keyId) => {
    const { Item } = await dynamo.send(
      new GetCommand({ TableName: tableName, Key: { KeyId: keyId }, ConsistentRead: true }),
    );
    return Item as ApiKeyItem | undefined;
  };

/**
 * Remembers look-ups for some seconds; look-ups of one key at the same time are one read. One that failed is not
 * remembered.
 * @param now milliseconds on a clock that never goes back
 */
export const rememberKeys = (lookUp: LookUpKey, now: () => number = () => performance.now()): LookUpKey => {
  // In order of the reads, so that the first entry is always the oldest.
  const remembered = new Map<string, { readonly until: number; readonly found: ReturnType<LookUpKey> }>();
  return (keyId) => {
    const known = remembered.get(keyId);
    if (known !== undefined && known.until > now()) return known.found;
    remembered.delete(keyId);
    const [oldest] = remembered.keys();
    if (remembered.size >= MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    // From the beginning of the read: what it brings may be as old as that.
    const entry = { until: now() + REMEMBERED_MILLISECONDS, found: lookUp(keyId) };
    remembered.set(keyId, entry);
    entry.found.catch(() => {
      if (remembered.get(keyId) === entry) remembered.delete(keyId);
    });
    return entry.found;
  };
};
