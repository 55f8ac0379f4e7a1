import * as oauth from "oauth4webapi";
import type { HostedSignIn } from "../config.ts";
import { goTo, linkTo } from "../router.ts";
import type { Credential } from "./session.ts";

/** Signing in on Cognito's own page: authorization code with proof key (RFC 7636); a page keeps no secret. */

const STORAGE = "stockwire.sign-in";
const SCOPE = "openid email";

const serverOf = ({ issuer, domain }: HostedSignIn): oauth.AuthorizationServer => ({
  issuer,
  authorization_endpoint: `${domain}/oauth2/authorize`,
  token_endpoint: `${domain}/oauth2/token`,
  revocation_endpoint: `${domain}/oauth2/revoke`,
});

/** Where Cognito sends the person back to: this page, whatever view was open. */
const returnAddress = (): string => new URL(".", location.href).href;

/** Leaves for the hosted page. */
export const leaveForSignIn = async (hosted: HostedSignIn): Promise<void> => {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  sessionStorage.setItem(STORAGE, JSON.stringify({ verifier, state, view: location.hash }));
  const address = new URL(`${hosted.domain}/oauth2/authorize`);
  address.search = new URLSearchParams({
    response_type: "code",
    client_id: hosted.clientId,
    redirect_uri: returnAddress(),
    scope: SCOPE,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  }).toString();
  location.assign(address);
};

/** Whether the address is one that the hosted page sent the person back to. */
export const isReturning = (): boolean => {
  const query = new URLSearchParams(location.search);
  return query.has("state") && (query.has("code") || query.has("error"));
};

/** Exchanges the code in the address for tokens. Throws what the server says against it. */
export const finishSignIn = async (hosted: HostedSignIn): Promise<Credential> => {
  const { verifier, state, view } = JSON.parse(sessionStorage.getItem(STORAGE) ?? "{}") as Record<
    string,
    string
  >;
  sessionStorage.removeItem(STORAGE);
  const address = new URL(location.href);
  history.replaceState(null, "", location.pathname);
  goTo(view || linkTo([]), { replace: true });
  if (!verifier || !state) throw new Error("Signing in was not begun in this tab. Try again.");
  const server = serverOf(hosted);
  const client: oauth.Client = { client_id: hosted.clientId };
  const parameters = oauth.validateAuthResponse(server, client, address, state);
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    returnAddress(),
    verifier,
  );
  return toCredential(await oauth.processAuthorizationCodeResponse(server, client, answer));
};

export const renewTokens = async (hosted: HostedSignIn, refreshToken: string): Promise<Credential> => {
  const server = serverOf(hosted);
  const client: oauth.Client = { client_id: hosted.clientId };
  const answer = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken);
  return toCredential(await oauth.processRefreshTokenResponse(server, client, answer), refreshToken);
};

/** Ends the session of the hosted page too, and comes back. */
export const leaveForSignOut = ({ domain, clientId }: HostedSignIn): void => {
  const query = new URLSearchParams({ client_id: clientId, logout_uri: returnAddress() });
  location.assign(`${domain}/logout?${query}`);
};

const toCredential = (tokens: oauth.TokenEndpointResponse, refreshToken?: string): Credential => ({
  kind: "person",
  accessToken: tokens.access_token,
  refreshToken: tokens.refresh_token ?? refreshToken,
  expiresAt: Date.now() + (tokens.expires_in ?? 3_600) * 1000,
});
