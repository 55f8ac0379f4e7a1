/** At which counts a store's items are low; null: never. */
export interface ThresholdSet {
  readonly default: number | null;
  readonly items: Readonly<Record<string, number | null>>;
}

/** What was changed on both sides, differently; the own value was kept. */
export interface Clash {
  /** Undefined: the default. */
  readonly item: string | undefined;
  /** Undefined: no threshold of its own. */
  readonly mine: number | null | undefined;
  readonly theirs: number | null | undefined;
}

/**
 * The reader's own changes made on what somebody else saved meanwhile.
 * @param base what both began with
 */
export const rebaseThresholds = (
  base: ThresholdSet,
  mine: ThresholdSet,
  theirs: ThresholdSet,
): { readonly merged: ThresholdSet; readonly clashes: readonly Clash[] } => {
  const clashes: Clash[] = [];
  const changedDefault = mine.default !== base.default;
  if (changedDefault && theirs.default !== base.default && theirs.default !== mine.default) {
    clashes.push({ item: undefined, mine: mine.default, theirs: theirs.default });
  }
  const items = new Map(Object.entries(theirs.items));
  for (const item of new Set([...Object.keys(base.items), ...Object.keys(mine.items)])) {
    const [was, own, other] = [thresholdOf(base, item), thresholdOf(mine, item), thresholdOf(theirs, item)];
    if (own === was) continue;
    if (other !== was && other !== own) clashes.push({ item, mine: own, theirs: other });
    if (own === undefined) items.delete(item);
    else items.set(item, own);
  }
  return {
    merged: {
      default: changedDefault ? mine.default : theirs.default,
      items: Object.fromEntries(items),
    },
    clashes,
  };
};

/** Of its own, not of whatever an object has by itself: an item may be called `constructor`. */
export const thresholdOf = ({ items }: ThresholdSet, item: string): number | null | undefined =>
  Object.hasOwn(items, item) ? items[item] : undefined;
