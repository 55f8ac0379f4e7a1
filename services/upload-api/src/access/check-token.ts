import { ConfigError } from "@stockwire/service-kit/config";
import { CognitoJwtVerifier } from "aws-jwt-verify";
import {
  FetchError,
  JwksValidationError,
  JwkValidationError,
  JwtExpiredError,
  ParameterValidationError,
} from "aws-jwt-verify/error";
import { type Jwks, type JwksCache, SimpleJwksCache } from "aws-jwt-verify/jwk";
import { expiredToken, invalidToken, unavailable } from "../errors/api-error.ts";
import { rightsOfGroups } from "./groups.ts";
import type { Principal } from "./principal.ts";

/**
 * On whose behalf a person's token speaks.
 * @throws invalid_token, expired_token, or unavailable where the issuer's keys cannot be fetched
 */
export type CheckToken = (token: string) => Promise<Principal>;

/** The Cognito user pool whose people are let in. */
export interface UserPool {
  readonly userPoolId: string;
  /** App clients whose tokens are taken. */
  readonly clientIds: readonly string[];
  /** Its public keys, where they are known beforehand; a token signed by another has them fetched all the same. */
  readonly keys?: Jwks;
}

/** Where nobody can sign in: no token is good. */
export const refuseTokens: CheckToken = async () => {
  throw invalidToken();
};

/**
 * Takes the access tokens of a user pool. An ID token is for the page that asked for it, not for an API, and is refused.
 * @param jwksCache what fetches and keeps the pool's public keys
 * @throws ConfigError where no pool can have this id
 */
export const createTokenCheck = (
  { userPoolId, clientIds, keys }: UserPool,
  jwksCache: JwksCache = new SimpleJwksCache(),
): CheckToken => {
  const verifier = createVerifier({ userPoolId, clientId: [...clientIds], tokenUse: "access" }, jwksCache);
  if (keys !== undefined) verifier.cacheJwks(keys);
  return async (token) => {
    const { sub, ...claims } = await verifier.verify(token).catch((error) => {
      throw refusalOf(error);
    });
    return { id: `user:${sub}`, ...rightsOfGroups(claims["cognito:groups"] ?? []) };
  };
};

const createVerifier = (
  properties: { userPoolId: string; clientId: string[]; tokenUse: "access" },
  jwksCache: JwksCache,
) => {
  try {
    return CognitoJwtVerifier.create(properties, { jwksCache });
  } catch (error) {
    if (!(error instanceof ParameterValidationError)) throw error;
    throw new ConfigError(`COGNITO_USER_POOL_ID is not the id of a user pool: ${error.message}`);
  }
};

/** Keys that cannot be had are an outage; whatever else is wrong is the token's own fault. */
const refusalOf = (error: unknown): Error => {
  if (error instanceof JwtExpiredError) return expiredToken();
  const outage =
    error instanceof FetchError ||
    error instanceof JwksValidationError ||
    error instanceof JwkValidationError;
  return outage ? unavailable(error) : invalidToken(error);
};
