import { ConfigError } from "@stockwire/service-kit/config";
import { assertIsJwks, type Jwks } from "aws-jwt-verify/jwk";
import { type CheckToken, createTokenCheck, refuseTokens } from "./check-token.ts";

/** What is done with people's tokens. @throws ConfigError where only half of the user pool is set */
export const peopleOf = (settings: {
  readonly COGNITO_USER_POOL_ID: string;
  readonly COGNITO_CLIENT_ID: string;
  readonly COGNITO_JWKS: string;
}): CheckToken => {
  const userPoolId = settings.COGNITO_USER_POOL_ID.trim();
  const clientIds = settings.COGNITO_CLIENT_ID.split(",").map((id) => id.trim());
  const named = clientIds.filter((id) => id !== "");
  if (userPoolId === "" && named.length === 0) return refuseTokens;
  if (userPoolId === "") throw new ConfigError("COGNITO_CLIENT_ID is set, but COGNITO_USER_POOL_ID is not");
  if (named.length === 0)
    throw new ConfigError(
      "COGNITO_USER_POOL_ID is set, but COGNITO_CLIENT_ID is not: any app client's token would do",
    );
  const keys = settings.COGNITO_JWKS.trim();
  return createTokenCheck({ userPoolId, clientIds: named, ...(keys !== "" && { keys: readKeys(keys) }) });
};

const readKeys = (text: string): Jwks => {
  try {
    const keys = JSON.parse(text);
    assertIsJwks(keys);
    return keys;
  } catch (cause) {
    throw new ConfigError(
      `COGNITO_JWKS is no set of keys: ${cause instanceof Error ? cause.message : cause}`,
    );
  }
};
