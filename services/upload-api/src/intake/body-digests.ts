import { createHash, type Hash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { parseDictionary } from "structured-headers";
import { digestMismatch, invalidDigest } from "../errors/api-error.ts";

/** What the sender says of the body's bytes, held against what comes. */
export interface BodyDigests {
  /** To be called once the last byte has come. @throws digest_mismatch naming the first header that disagrees */
  readonly verify: () => void;
}

interface Expected {
  /** As the sender wrote it. */
  readonly header: string;
  readonly algorithm: "sha256" | "sha512" | "md5";
  readonly digest: Buffer;
}

/** Algorithms of RFC 9530 that prove something; the others in its registry are marked as deprecated there. */
const ALGORITHMS = new Map([
  ["sha-256", "sha256"],
  ["sha-512", "sha512"],
] as const);
const BYTES = { sha256: 32, sha512: 64, md5: 16 } as const;

/**
 * Reads `Content-Digest` and `Repr-Digest` (RFC 9530; bodies are never encoded here, so both are about the same bytes)
 * and `Content-MD5` (RFC 1864), and has the body hashed as it comes, a form with all that is in it. To be called before
 * the body is read.
 * @throws invalid_digest for a header that cannot be read, or holds no algorithm that is known
 */
export const watchDigests = (raw: IncomingMessage): BodyDigests => {
  const expected = [
    ...fromDictionary("Content-Digest", raw),
    ...fromDictionary("Repr-Digest", raw),
    ...fromMd5(raw),
  ];
  const hashes = new Map<string, Hash>(expected.map(({ algorithm }) => [algorithm, createHash(algorithm)]));
  // Beside whoever reads the body: a listener does not set its pace.
  if (hashes.size > 0) {
    raw.on("data", (chunk: Buffer) => {
      for (const hash of hashes.values()) hash.update(chunk);
    });
    raw.pause();
  }
  return {
    verify: () => {
      const actual = new Map([...hashes].map(([algorithm, hash]) => [algorithm, hash.digest()]));
      for (const { header, algorithm, digest } of expected) {
        const found = actual.get(algorithm) as Buffer;
        if (!timingSafeEqual(found, digest)) {
          throw digestMismatch(header, digest.toString("base64"), found.toString("base64"));
        }
      }
    },
  };
};

const fromDictionary = (name: string, raw: IncomingMessage): Expected[] => {
  const value = raw.headers[name.toLowerCase()];
  if (value === undefined) return [];
  const known: Expected[] = [];
  for (const [key, member] of parse(name, String(value))) {
    const algorithm = ALGORITHMS.get(key as "sha-256");
    if (algorithm === undefined) continue;
    const bytes: unknown = member[0];
    const digest = bytes instanceof ArrayBuffer ? Buffer.from(bytes) : undefined;
    if (digest?.length !== BYTES[algorithm]) throw invalidDigest(`${name} ${key} is no such digest`);
    known.push({ header: `${name} ${key}`, algorithm, digest });
  }
  if (known.length === 0) throw invalidDigest(`${name} names neither sha-256 nor sha-512`);
  return known;
};

const parse = (name: string, value: string) => {
  try {
    return parseDictionary(value);
  } catch (cause) {
    throw invalidDigest(`${name} cannot be read; it looks like sha-256=:BASE64:`, cause);
  }
};

const fromMd5 = (raw: IncomingMessage): Expected[] => {
  const value = raw.headers["content-md5"];
  if (value === undefined) return [];
  const digest = Buffer.from(String(value), "base64");
  if (digest.length !== BYTES.md5) throw invalidDigest("Content-MD5 is not the base64 of 16 bytes");
  return [{ header: "Content-MD5", algorithm: "md5", digest }];
};
