import { fileFault } from "./file-fault.ts";
import { createSeenFilter } from "./seen-filter.ts";

/**
 * Finds items that stand in a file more than once, in little memory for the items that stand once: a filter lets every
 * first sight pass and exact lines are kept only from a second sight (true or suspected) on. Being wrong about a
 * suspicion costs a map entry, never a row.
 */
export interface RepeatedItems {
  /** Throws the file fault `too_many_repeats`. */
  readonly note: (store: string, item: string, line: number) => void;
  /** True when the same item comes again further down. */
  readonly isRepeatedLater: (store: string, item: string, line: number) => boolean;
  /** What was noted, by `keyOf`: the last line of every item that may stand there more than once. */
  readonly lastLines: ReadonlyMap<string, number>;
}

/** Keeps the exact lines within some hundred megabytes; a file like this is two files in one. */
const MAX_REPEATED = 1_000_000;

/** @param filter tells first sights from others; a new one for each file, let go of once all rows were noted */
export const createRepeatedItems = (filter = createSeenFilter()): RepeatedItems => {
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
