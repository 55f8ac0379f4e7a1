import { fileFault } from "./file-fault.ts";

/**
 * Finds items that stand in a file more than once, in memory that does not grow with the items that stand once:
 * a Bloom filter lets every first sight pass and keeps exact lines only from a second sight (true or suspected)
 * on. Being wrong about a suspicion costs a map entry, never a row.
 */
export interface RepeatedItems {
  /** Throws the file fault `too_many_repeats`. */
  readonly note: (store: string, item: string, line: number) => void;
  /** True when the same item comes again further down. */
  readonly isRepeatedLater: (store: string, item: string, line: number) => boolean;
  /** What was noted, by `keyOf`: the last line of every item that may stand there more than once. */
  readonly lastLines: ReadonlyMap<string, number>;
}

const BITS_PER_ROW = 16;
const HASHES = 4;
const SMALLEST_ROW_BYTES = 12;
const MAX_BITS = 2 ** 29;
/** Keeps the exact lines within some hundred megabytes; a file like this is two files in one. */
const MAX_REPEATED = 1_000_000;

/** @param fileBytes size of the file, from which the filter's size follows (at most 64 MiB) */
export const createRepeatedItems = (fileBytes: number): RepeatedItems => {
  const wanted = Math.min(MAX_BITS, Math.max(1_024, (fileBytes / SMALLEST_ROW_BYTES) * BITS_PER_ROW));
  const bits = 2 ** Math.ceil(Math.log2(wanted));
  const filter = new Uint32Array(bits / 32);
  const lastLines = new Map<string, number>();

  /** Sets the key's bits; true when all of them were set already. */
  const seenBefore = (key: string): boolean => {
    const first = hash(key, 0x811c9dc5);
    const second = hash(key, 0x9747b28c) | 1;
    let seen = true;
    for (let index = 0; index < HASHES; index++) {
      const bit = (first + Math.imul(index, second)) & (bits - 1);
      const word = bit >>> 5;
      const mask = 1 << (bit & 31);
      const value = filter[word] ?? 0;
      if ((value & mask) === 0) {
        seen = false;
        filter[word] = value | mask;
      }
    }
    return seen;
  };

  return {
    note: (store, item, line) => {
      const key = `${store}\u001f${item}`;
      if (!seenBefore(key)) return;
      lastLines.set(key, line);
      if (lastLines.size > MAX_REPEATED) {
        throw fileFault(
          "too_many_repeats",
          `more than ${MAX_REPEATED} items stand in the file more than once; remove the repeated rows`,
        );
      }
    },
    ...lookUp(lastLines),
  };
};

/** What an earlier reading of the same file had found; nothing more is noted. */
export const knownRepeatedItems = (lastLines: ReadonlyMap<string, number>): RepeatedItems => ({
  note: () => undefined,
  ...lookUp(lastLines),
});

const lookUp = (lastLines: ReadonlyMap<string, number>): Omit<RepeatedItems, "note"> => ({
  isRepeatedLater: (store, item, line) =>
    lastLines.size > 0 && (lastLines.get(`${store}\u001f${item}`) ?? line) > line,
  lastLines,
});

/** FNV-1a over UTF-16 units with a final mix. */
const hash = (text: string, seed: number): number => {
  let value = seed;
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
};
