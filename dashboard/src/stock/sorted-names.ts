import { collator } from "../format.ts";

/** Names in the order in which people sort them, kept so while thousands are added. */
export interface SortedNames {
  /** A name that is not among them. */
  readonly add: (name: string) => void;
  readonly remove: (name: string) => void;
  readonly sorted: () => readonly string[];
}

/** Comparing names is what costs: only those that are new are sorted, and then merged into the others. */
export const createSortedNames = (): SortedNames => {
  let names: readonly string[] = [];
  const added = new Set<string>();
  const removed = new Set<string>();
  return {
    add: (name) => {
      if (!removed.delete(name)) added.add(name);
    },
    remove: (name) => {
      if (!added.delete(name)) removed.add(name);
    },
    sorted: () => {
      if (added.size + removed.size === 0) return names;
      const kept = removed.size === 0 ? names : names.filter((name) => !removed.has(name));
      names = merge(kept, [...added].sort(collator.compare));
      added.clear();
      removed.clear();
      return names;
    },
  };
};

const merge = (left: readonly string[], right: readonly string[]): readonly string[] => {
  const merged: string[] = [];
  let at = 0;
  for (const name of right) {
    for (let next = left[at]; next !== undefined && collator.compare(next, name) <= 0; next = left[++at]) {
      merged.push(next);
    }
    merged.push(name);
  }
  return merged.concat(left.slice(at));
};
