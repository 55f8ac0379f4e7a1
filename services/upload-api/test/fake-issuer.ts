import { createHmac, createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { FetchError } from "aws-jwt-verify/error";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import type { Test } from "tap";
import { type CheckToken, createTokenCheck } from "../src/access/check-token.ts";
import { buildApp } from "../src/app.ts";
import type { RunningApi } from "./helpers.ts";

export const USER_POOL_ID = "eu-central-1_Stockwire";
export const CLIENT_ID = "dashboard-client";
const ISSUER = `https://cognito-idp.eu-central-1.amazonaws.com/${USER_POOL_ID}`;

interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A user pool's issuer on this machine: its key set comes over HTTP, and only its tokens' names are Amazon's. */
export interface FakeIssuer {
  readonly checkToken: CheckToken;
  /** What the key set holds now. */
  readonly keys: () => object;
  /** How often the key set was asked for. */
  readonly asked: () => number;
  /** The key that signs from now on is another one; the old one is withdrawn. */
  readonly rotate: () => void;
  readonly goDown: () => void;
  /** @param header what the token's header says otherwise */
  readonly sign: (
    claims?: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
  ) => string;
  /** Signed with a key that was never published, under the published one's id. */
  readonly forge: (claims?: Readonly<Record<string, unknown>>) => string;
  /** HS256 with the published key as its secret. */
  readonly confuse: () => string;
}

let made = 0;
const makeKey = (): SigningKey => {
  made += 1;
  return { kid: `key-${made}`, ...generateKeyPairSync("rsa", { modulusLength: 2048 }) };
};

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString("base64url");

export const startIssuer = async (t: Test): Promise<FakeIssuer> => {
  let key = makeKey();
  const unpublished = makeKey();
  let asked = 0;
  const keys = (): object => ({
    keys: [{ ...key.publicKey.export({ format: "jwk" }), kid: key.kid, alg: "RS256", use: "sig" }],
  });
  const server = createServer((_request, response) => {
    asked += 1;
    response.setHeader("content-type", "application/json").end(JSON.stringify(keys()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const goDown = (): void => {
    server.closeAllConnections();
    server.close();
  };
  t.teardown(goDown);

  const claimsOf = (claims: Readonly<Record<string, unknown>>) => {
    const now = Math.floor(Date.now() / 1000);
    const person = { sub: "0a1b2c3d", username: "ada", client_id: CLIENT_ID, token_use: "access" };
    return { ...person, iss: ISSUER, iat: now, exp: now + 3600, ...claims };
  };
  const signWith = (
    { kid, privateKey }: SigningKey,
    claims: Readonly<Record<string, unknown>>,
    header: Readonly<Record<string, unknown>>,
  ): string => {
    const content = `${encode({ alg: "RS256", kid, ...header })}.${encode(claimsOf(claims))}`;
    return `${content}.${createSign("RSA-SHA256").update(content).sign(privateKey, "base64url")}`;
  };

  const jwksCache = new SimpleJwksCache({
    fetcher: {
      fetch: async (uri) => {
        if (uri !== `${ISSUER}/.well-known/jwks.json`) throw new Error(`asked for ${uri}`);
        const response = await fetch(`http://127.0.0.1:${port}`).catch((error) => {
          throw new FetchError(uri, error);
        });
        return response.arrayBuffer();
      },
    },
  });
  return {
    checkToken: createTokenCheck(
      { userPoolId: USER_POOL_ID, clientIds: ["another-client", CLIENT_ID] },
      jwksCache,
    ),
    keys,
    asked: () => asked,
    rotate: () => {
      key = makeKey();
    },
    goDown,
    sign: (claims = {}, header = {}) => signWith(key, claims, header),
    forge: (claims = {}) => signWith({ ...unpublished, kid: key.kid }, claims, {}),
    confuse: () => {
      const content = `${encode({ alg: "HS256", kid: key.kid })}.${encode(claimsOf({}))}`;
      const secret = key.publicKey.export({ format: "pem", type: "spki" });
      return `${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`;
    },
  };
};

/** An API on the same cloud that lets this issuer's people in; answers its URL. */
export const apiWithPeople = async (t: Test, api: RunningApi, issuer: FakeIssuer): Promise<string> => {
  const app = await buildApp({ ...api.context, checkToken: issuer.checkToken });
  t.teardown(() => app.close());
  return app.listen({ host: "127.0.0.1", port: 0 });
};
