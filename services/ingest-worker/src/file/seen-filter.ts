import { freeBytes } from "@stockwire/service-kit/free-bytes";

/**
 * A scalable Bloom filter: says whether a key was given before, in memory that follows from how many different keys there
 * were. It is a chain of plain filters; when one has taken its share of keys, one four times as large goes on.
 */
export interface SeenFilter {
  /** False only for a key that was never given before; true for all others, and for few of the new ones. */
  readonly seenBefore: (key: string) => boolean;
  /** Bytes that it takes. */
  readonly bytes: () => number;
  /** Gives its memory back, which V8 would leave lying until it collects the old generation. To ask it after that is an error. */
  readonly free: () => void;
}

const HASHES = 4;
/** A filter of the chain is left while one new key in five thousand is still taken for a known one: every later key asks all of them. */
const BITS_PER_KEY = 32;
const GROWTH = 4;
/** 16,384 keys: more than most files have rows. */
const FIRST_BITS = 2 ** 19;
/** 64 MiB, reached with 5.6 million keys; it takes all that come, so new ones are taken for known ones more and more often. */
const LAST_BITS = 2 ** 29;

interface Link {
  readonly words: Uint32Array;
  readonly bits: number;
}

/**
 * @param firstBits of the first filter of the chain, a power of two
 * @param lastBits of the last, `firstBits` times a power of four; the chain takes a third more in all
 */
export const createSeenFilter = (firstBits = FIRST_BITS, lastBits = LAST_BITS): SeenFilter => {
  const link = (bits: number): Link => ({ words: new Uint32Array(bits / 32), bits });
  const full: Link[] = [];
  let filling = link(firstBits);
  let room = firstBits / BITS_PER_KEY;
  let isFree = false;

  const grow = (): void => {
    full.push(filling);
    filling = link(filling.bits * GROWTH);
    room = filling.bits < lastBits ? filling.bits / BITS_PER_KEY : Number.POSITIVE_INFINITY;
  };

  return {
    seenBefore: (key) => {
      if (isFree) throw new Error("the filter has given its memory back");
      const first = hash(key, 0x811c9dc5);
      const second = hash(key, 0x9747b28c) | 1;
      for (const link of full) if (has(link, first, second)) return true;
      if (!add(filling, first, second)) return true;
      room -= 1;
      if (room === 0) grow();
      return false;
    },
    bytes: () => [...full, filling].reduce((sum, { words }) => sum + words.byteLength, 0),
    free: () => {
      if (isFree) return;
      isFree = true;
      for (const { words } of [...full, filling]) freeBytes(new Uint8Array(words.buffer));
    },
  };
};

const has = ({ words, bits }: Link, first: number, second: number): boolean => {
  for (let index = 0; index < HASHES; index++) {
    const bit = (first + Math.imul(index, second)) & (bits - 1);
    if (((words[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
  }
  return true;
};

/** @returns false when all of the key's bits were set already */
const add = ({ words, bits }: Link, first: number, second: number): boolean => {
  let isNew = false;
  for (let index = 0; index < HASHES; index++) {
    const bit = (first + Math.imul(index, second)) & (bits - 1);
    const word = bit >>> 5;
    const mask = 1 << (bit & 31);
    const value = words[word] ?? 0;
    if ((value & mask) !== 0) continue;
    isNew = true;
    words[word] = value | mask;
  }
  return isNew;
};

/** FNV-1a over UTF-16 units with a final mix. */
const hash = (text: string, seed: number): number => {
  let value = seed;
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
};
