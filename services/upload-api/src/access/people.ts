import { ConfigError } from "@stockwire/service-kit/config";
import { type CheckToken, createTokenCheck, refuseTokens } from "./check-token.ts";

/** What is done with people's tokens. @throws ConfigError where only half of the user pool is set */
export const peopleOf = (settings: {
  readonly COGNITO_USER_POOL_ID: string;
  readonly COGNITO_CLIENT_ID: string;
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
  return createTokenCheck({ userPoolId, clientIds: named });
};
