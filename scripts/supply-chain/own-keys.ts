/** `sw_{keyId}_{secret}`, see packages/contracts/src/api-key.ts. */
const KEY = /sw_[0-9a-f]{12}_([A-Za-z0-9_-]{43})/g;

/** Fewer different characters than this make a placeholder, as in `sw_0123456789ab_xxxxx…`: 32 random bytes have more. */
const LEAST_VARIETY = 12;

/** The lines of a text, from 1, on which one of our own API keys stands. */
export const findOwnKeys = (text: string): readonly number[] =>
  [...text.matchAll(KEY)]
    .filter(([, secret = ""]) => new Set(secret).size >= LEAST_VARIETY)
    .map(({ index }) => text.slice(0, index).split("\n").length);
