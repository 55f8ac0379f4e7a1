/**
 * SHA-256 (FIPS 180-4) of bytes that come piece by piece: `crypto.subtle` wants them all at once, which for 2 GiB is
 * more than a tab may take.
 */
export interface Sha256 {
  readonly update: (bytes: Uint8Array) => void;
  /** In lower-case hexadecimal; nothing can be added afterwards. */
  readonly hex: () => string;
}

const BLOCK = 64;
const WORDS = 64;

const firstPrimes = (count: number): readonly number[] => {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
};

/** The first 32 bits of the fractions of roots of the first primes (4.2.2, 5.3.3). */
const fractions = (count: number, root: (prime: number) => number): Int32Array =>
  Int32Array.from(firstPrimes(count), (prime) => (root(prime) % 1) * 2 ** 32);

const ROUNDS = fractions(WORDS, Math.cbrt);
const START = fractions(8, Math.sqrt);

export const createSha256 = (): Sha256 => {
  const state = START.slice();
  const words = new Int32Array(WORDS);
  const rest = new Uint8Array(BLOCK);
  let inRest = 0;
  let length = 0;

  /** Takes in every whole block. @returns where the bytes that make none begin */
  const digest = (bytes: Uint8Array, from: number): number => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = from;
    for (; at + BLOCK <= bytes.length; at += BLOCK) compress(state, words, view, at);
    return at;
  };

  const update = (bytes: Uint8Array): void => {
    length += bytes.length;
    let from = 0;
    if (inRest > 0) {
      from = Math.min(BLOCK - inRest, bytes.length);
      rest.set(bytes.subarray(0, from), inRest);
      inRest += from;
      if (inRest < BLOCK) return;
      digest(rest, 0);
    }
    const behind = digest(bytes, from);
    rest.set(bytes.subarray(behind));
    inRest = bytes.length - behind;
  };

  return {
    update,
    hex: () => {
      const bits = BigInt(length) * 8n;
      // A one, zeros up to eight bytes before the end of a block, and the length in bits (5.1.1).
      const padding = new Uint8Array(((119 - (length % BLOCK)) % BLOCK) + 9);
      padding[0] = 0x80;
      new DataView(padding.buffer).setBigUint64(padding.length - 8, bits);
      update(padding);
      return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
    },
  };
};

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** One block (6.2.2). The indices are within the arrays, whatever the compiler fears. */
const compress = (state: Int32Array, w: Int32Array, view: DataView, at: number): void => {
  for (let t = 0; t < 16; t++) w[t] = view.getInt32(at + t * 4);
  for (let t = 16; t < WORDS; t++) {
    const [w2, w15] = [w[t - 2] as number, w[t - 15] as number];
    const small1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
    const small0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
    w[t] = (small1 + (w[t - 7] as number) + small0 + (w[t - 16] as number)) | 0;
  }
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let t = 0; t < WORDS; t++) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + big1 + ((e & f) ^ (~e & g)) + (ROUNDS[t] as number) + (w[t] as number)) | 0;
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
};
