import type { Level } from "@stockwire/contracts/level";
import type { StockItemView } from "@stockwire/contracts/views";

export type Column = "item" | "count" | "level" | "updated";

export interface Arrangement {
  readonly search: string;
  /** Undefined: all. */
  readonly level: Level | undefined;
  readonly column: Column;
  readonly descending: boolean;
}

const RANK: Readonly<Record<Level, number>> = { out: 0, low: 1, ok: 2 };

const COMPARE: Readonly<Record<Exclude<Column, "item">, (a: StockItemView, b: StockItemView) => number>> = {
  count: (a, b) => a.count - b.count,
  level: (a, b) => RANK[a.level] - RANK[b.level],
  updated: (a, b) => (a.updatedAt < b.updatedAt ? -1 : a.updatedAt > b.updatedAt ? 1 : 0),
};

/**
 * The items to show, in the order asked for; equal ones by name.
 * @param byName all items of the store, by name
 */
export const arrangeItems = (
  byName: readonly StockItemView[],
  { search, level, column, descending }: Arrangement,
): readonly StockItemView[] => {
  const wanted = fold(search.trim());
  const found =
    wanted === "" && level === undefined
      ? [...byName]
      : byName.filter(
          (item) =>
            (level === undefined || item.level === level) &&
            (wanted === "" || fold(item.item).includes(wanted)),
        );
  if (column === "item") return descending ? found.reverse() : found;
  const compare = COMPARE[column];
  return found.sort(descending ? (a, b) => compare(b, a) : compare);
};

/** Names as they are searched: case and the way in which letters are composed do not matter. */
const fold = (name: string): string => name.normalize("NFC").toLocaleLowerCase();
