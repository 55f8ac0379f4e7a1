import type { FastifyRequest } from "fastify";
import { parseItem } from "structured-headers";
import { invalidIdempotencyKey } from "../errors/api-error.ts";

const HEADER = "idempotency-key";
/** Visible ASCII: what is safe in any log or table. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The request's `Idempotency-Key`; undefined where it has none. The draft wants a structured-field string
 * (draft-ietf-httpapi-idempotency-key-header, 2.1: `"8e03978e-…"`, with quotes); most clients send the bare
 * characters, so these are taken as they are. The same key with and without quotes is one key.
 * @throws invalid_idempotency_key
 */
export const readIdempotencyKey = ({ raw }: FastifyRequest): string | undefined => {
  const [value, ...more] = raw.headersDistinct[HEADER] ?? [];
  if (value === undefined) return undefined;
  if (more.length > 0) throw invalidIdempotencyKey("The request has several Idempotency-Key headers");
  const key = value.startsWith('"') ? unquote(value) : value;
  if (!KEY.test(key)) {
    throw invalidIdempotencyKey("The Idempotency-Key is not 1 to 255 visible ASCII characters");
  }
  return key;
};

const unquote = (value: string): string => {
  try {
    // It began with a quote, so it is a string or nothing. Parameters are none of ours (RFC 9651, 3.1.2).
    return String(parseItem(value)[0]);
  } catch (cause) {
    throw invalidIdempotencyKey("The Idempotency-Key begins with a quote but is no quoted string", cause);
  }
};
