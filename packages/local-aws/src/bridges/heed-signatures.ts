import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { FauxqsApp } from "../emulators/fauxqs.ts";

type Refusal = readonly [code: string, message: string];

/**
 * Checks presigned addresses as S3 does (AWS Signature Version 4, in the query): fauxqs takes any. A part of another
 * length than the signed one is refused by this, and an address after its time. Requests that the SDK signs in a header
 * pass: they come from services that have the secret anyway.
 */
export const heedSignatures = (
  app: FauxqsApp,
  keys: { readonly accessKeyId: string; readonly secretAccessKey: string },
): void => {
  app.addHook("onRequest", async (request, reply) => {
    const query = queryOf(request);
    if (request.method === "OPTIONS" || !query.has("X-Amz-Signature")) return;
    const refusal = refuse(request, query, keys, Date.now());
    if (refusal === undefined) return;
    const [code, message] = refusal;
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    await reply.code(403).type("application/xml").send(xml);
  });
};

const refuse = (
  request: FastifyRequest,
  query: URLSearchParams,
  keys: { readonly accessKeyId: string; readonly secretAccessKey: string },
  now: number,
): Refusal | undefined => {
  const date = query.get("X-Amz-Date") ?? "";
  const [accessKeyId, ...scope] = (query.get("X-Amz-Credential") ?? "").split("/");
  if (accessKeyId !== keys.accessKeyId) return ["InvalidAccessKeyId", "The access key does not exist"];
  const signedAt = Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  // Also where the time is none: a comparison with NaN is false.
  const isFresh = now < signedAt + Number(query.get("X-Amz-Expires")) * 1000;
  if (!isFresh) return ["AccessDenied", "Request has expired"];
  const signature = sign(
    keys.secretAccessKey,
    scope,
    stringToSign(date, scope, canonicalRequest(request, query)),
  );
  const sent = Buffer.from(query.get("X-Amz-Signature") ?? "", "hex");
  if (sent.length === signature.length && timingSafeEqual(sent, signature)) return undefined;
  return ["SignatureDoesNotMatch", "The signature does not match the request, its headers or its length"];
};

/** As sent: fauxqs turns virtual-hosted-style addresses into others. */
const queryOf = ({ originalUrl }: FastifyRequest): URLSearchParams =>
  new URLSearchParams((originalUrl.split("?")[1] ?? "").replaceAll("+", "%2B"));

const canonicalRequest = (
  { method, originalUrl, headers }: FastifyRequest,
  query: URLSearchParams,
): string => {
  const signedHeaders = query.get("X-Amz-SignedHeaders") ?? "";
  const pairs = [...query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return [
    method,
    originalUrl.split("?", 1)[0],
    pairs.sort().join("&"),
    ...signedHeaders.split(";").map((name) => `${name}:${String(headers[name] ?? "").trim()}`),
    "",
    signedHeaders,
    "UNSIGNED-PAYLOAD",
  ].join("\n");
};

const stringToSign = (date: string, scope: readonly string[], canonical: string): string =>
  ["AWS4-HMAC-SHA256", date, scope.join("/"), createHash("sha256").update(canonical).digest("hex")].join(
    "\n",
  );

/** @param scope day, region, service, `aws4_request`: each is a step from the secret to the key that signs */
const sign = (secret: string, scope: readonly string[], text: string): Buffer =>
  [...scope, text].reduce<Buffer>(
    (key, step) => createHmac("sha256", key).update(step).digest(),
    Buffer.from(`AWS4${secret}`),
  );

/** RFC 3986, stricter than `encodeURIComponent`. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
