import { fileFault } from "./file-fault.ts";
import { createSeenFilter } from "./seen-filter.ts";

/**
 * Finds items that stand in a file more than once, in little memory for the items that stand once: a filter lets every
 * first sight pass and exact lines are kept only from a second sight (true or suspected) on. Being wrong about a
 * suspicion costs a map entry, never a row.
 */
export interface RepeatedItems {
  /** True when the same item comes again further down. */
  readonly isRepeatedLater: (store: string, item: string, line: number) => boolean;
  /** What was noted, by `keyOf`: the last line of every item that may stand there more than once. */
  readonly lastLines: ReadonlyMap<string, number>;
}

/** While a file is read for the first time. */
export interface RepeatedItemsFinder {
  /** Throws the file fault `too_many_repeats`. */
  readonly note: (store: string, item: string, line: number) => void;
  /** What was noted. */
  readonly found: () => RepeatedItems;
  /** Gives back the filter's memory; nothing more is noted. */
  readonly close: () => void;
}

/** Keeps the exact lines within some hundred megabytes; a file like this is two files in one. */
const MAX_REPEATED = 1_000_000;

/** @param filter tells first sights from others; a new one for each file */
export const createRepeatedItems = (filter = createSeenFilter()): RepeatedItemsFinder => {
  const lastLines = new Map<string, number>();
  return {
    note: (store, item, line) => {
      const key = `${store}\u001f${item}`;
      if (!filter.seenBefore(key)) return;
      lastLines.set(key, line);
      if (lastLines.size > MAX_REPEATED) {
        throw fileFault(
          "too_many_repeats",
          `more than ${MAX_REPEATED} items stand in the file more than once; remove the repeated rows`,
        );
      }
    },
    found: () => knownRepeatedItems(lastLines),
    close: filter.free,
  };
};

/** @param lastLines what a reading of the same file had found */
export const knownRepeatedItems = (lastLines: ReadonlyMap<string, number>): RepeatedItems => ({
  isRepeatedLater: (store, item, line) =>
    lastLines.size > 0 && (lastLines.get(`${store}\u001f${item}`) ?? line) > line,
  lastLines,
});
