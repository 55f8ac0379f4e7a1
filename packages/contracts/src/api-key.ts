import { createHash, randomBytes } from "node:crypto";
import type { ApiKeyItem } from "./items.ts";

/**
 * API keys: `sw_{keyId}_{secret}`. The id is public (it stands in logs and lists), the secret is 32 random bytes and
 * kept nowhere but with whoever calls: the table holds its SHA-256. So much randomness needs no slow hash.
 */

export const API_KEY_PREFIX = "sw_";
const API_KEY = /^sw_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;
const KEY_ID = /^[0-9a-f]{12}$/;

export interface ParsedApiKey {
  readonly keyId: string;
  readonly secret: string;
}

/** What a key may do, and what it is for. */
export type KeyRights = Pick<ApiKeyItem, "Label" | "Scopes" | "Store">;

/** A new key: its text, which is to be shown once and never kept, and the item to be written. */
export const makeApiKey = (
  rights: KeyRights,
  now: Date,
): { readonly text: string; readonly item: ApiKeyItem } => {
  const KeyId = randomBytes(6).toString("hex");
  const secret = randomBytes(32).toString("base64url");
  return {
    text: `${API_KEY_PREFIX}${KeyId}_${secret}`,
    item: {
      KeyId,
      SecretSha256: digestOfSecret(secret).toString("hex"),
      Label: rights.Label,
      Scopes: rights.Scopes,
      ...(rights.Store !== undefined && { Store: rights.Store }),
      CreatedAt: now.toISOString(),
    },
  };
};

/** Takes a key apart; undefined for what no key can be. The secret may hold `_`. */
export const parseApiKey = (text: string): ParsedApiKey | undefined => {
  const [, keyId, secret] = API_KEY.exec(text) ?? [];
  return keyId === undefined || secret === undefined ? undefined : { keyId, secret };
};

export const isKeyId = (text: string): boolean => KEY_ID.test(text);

/** SHA-256, 32 bytes. */
export const digestOfSecret = (secret: string): Buffer => createHash("sha256").update(secret).digest();

/** Whether a key has been disabled by then; a date that cannot be read counts as past. @param now epoch milliseconds */
export const isDisabled = ({ DisabledAt }: Pick<ApiKeyItem, "DisabledAt">, now: number): boolean =>
  DisabledAt !== undefined && !(Date.parse(DisabledAt) > now);
