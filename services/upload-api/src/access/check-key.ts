import { timingSafeEqual } from "node:crypto";
import { digestOfSecret, isDisabled, type ParsedApiKey } from "@stockwire/contracts/api-key";
import { normalizeName } from "@stockwire/contracts/names";
import { disabledKey, unavailable, unknownKey } from "../errors/api-error.ts";
import type { LookUpKey } from "./look-up-key.ts";
import { type Principal, scopesOf } from "./principal.ts";

/**
 * On whose behalf a key speaks.
 * @throws unknown_key, disabled_key, or unavailable where the keys cannot be read
 */
export type CheckKey = (key: ParsedApiKey) => Promise<Principal>;

/** Compared with where there is no key: no secret has this digest. */
const NO_DIGEST = Buffer.alloc(32);

export const createKeyCheck =
  (lookUp: LookUpKey): CheckKey =>
  async ({ keyId, secret }) => {
    const item = await lookUp(keyId).catch((error) => {
      throw unavailable(error);
    });
    const digest = Buffer.from(item?.SecretSha256 ?? "", "hex");
    const expected = digest.length === NO_DIGEST.length ? digest : NO_DIGEST;
    // An id that does not exist costs the same work as a wrong secret, and gets the same answer.
    const isRight = timingSafeEqual(digestOfSecret(secret), expected);
    if (!isRight || item === undefined) throw unknownKey();
    if (isDisabled(item, Date.now())) throw disabledKey();
    return {
      id: `key:${keyId}`,
      stores: item.Store === undefined ? "all" : [normalizeName(item.Store)],
      scopes: scopesOf(item.Scopes),
    };
  };
