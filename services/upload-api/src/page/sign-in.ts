import { ConfigError } from "@stockwire/service-kit/config";
import { CognitoJwtVerifier } from "aws-jwt-verify";
import type { ApiConfig } from "../config.ts";

/** Where the page sends people to sign in. */
export interface SignIn {
  readonly issuer: string;
  readonly domain: string;
  readonly clientId: string;
}

type Settings = Pick<ApiConfig["settings"], "COGNITO_USER_POOL_ID" | "COGNITO_CLIENT_ID" | "COGNITO_DOMAIN">;

/**
 * Null where people cannot sign in on a page: keys work all the same. The first of several app clients is the page's.
 * @throws ConfigError where there is a domain and no user pool
 */
export const signInOf = (settings: Settings): SignIn | null => {
  const domain = settings.COGNITO_DOMAIN;
  if (domain === "") return null;
  const userPoolId = settings.COGNITO_USER_POOL_ID.trim();
  const [clientId = ""] = settings.COGNITO_CLIENT_ID.split(",").map((id) => id.trim());
  if (userPoolId === "" || clientId === "") {
    throw new ConfigError(
      "COGNITO_DOMAIN is set, but not COGNITO_USER_POOL_ID and COGNITO_CLIENT_ID: nobody could sign in",
    );
  }
  const { issuer } = CognitoJwtVerifier.parseUserPoolId(userPoolId);
  return { issuer, domain, clientId };
};
