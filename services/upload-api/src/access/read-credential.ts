import type { IncomingMessage } from "node:http";
import { API_KEY_PREFIX, type ParsedApiKey, parseApiKey } from "@stockwire/contracts/api-key";
import { invalidRequest, malformedKey, missingKey } from "../errors/api-error.ts";

/** What a caller shows: a key of ours, or the token of a person. */
export type Credential = { readonly key: ParsedApiKey } | { readonly token: string };

type Headers = Pick<IncomingMessage, "headers" | "headersDistinct">;

const BEARER = /^bearer +(\S+)$/i;

/**
 * Reads `x-api-key` and `Authorization: Bearer`; what does not begin like a key of ours is taken for a token.
 * @throws missing_key, malformed_key, or invalid_request where the two headers differ, or one comes twice
 */
export const readCredential = ({ headers, headersDistinct }: Headers): Credential => {
  for (const name of ["x-api-key", "authorization"]) {
    if ((headersDistinct[name]?.length ?? 0) > 1)
      throw invalidRequest(`There is more than one header ${name}.`);
  }
  const { authorization } = headers;
  const key = headers["x-api-key"]?.toString() || undefined;
  const bearer = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
  if (key === undefined && !authorization) throw missingKey();
  if (key !== undefined && authorization && key !== bearer) {
    throw invalidRequest("The headers x-api-key and authorization differ; send one of them.");
  }
  if (authorization && bearer === undefined) throw malformedKey("The authorization header is not `Bearer …`");
  const text = key ?? bearer ?? "";
  if (key === undefined && !text.startsWith(API_KEY_PREFIX)) return { token: text };
  const parsed = parseApiKey(text);
  if (parsed === undefined) throw malformedKey("What was sent does not have the form of a key");
  return { key: parsed };
};
