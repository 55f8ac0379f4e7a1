interface Gathered<Item, Result> {
  readonly items: Item[];
  readonly results: PromiseWithResolvers<readonly Promise<Result>[]>;
}

/**
 * Makes a function of one from a function of many: what is asked for in the same moment is worked on together, so that
 * one request can serve all of it. A moment is over at the end of the event loop's turn (what one receive brought is
 * begun within one), or so long after the first was asked for, or as soon as there are `most`.
 * @param all begins to work on several; a promise for each, in their order
 * @param waitMilliseconds asked at each beginning: a stop has no time to wait
 * @param groupOf only what has the same group is worked on together
 */
export const gather = <Item, Result>(
  all: (items: readonly Item[]) => readonly Promise<Result>[],
  options: {
    readonly most?: number;
    readonly waitMilliseconds?: () => number;
    readonly groupOf?: (item: Item) => string;
  } = {},
): ((item: Item) => Promise<Result>) => {
  const { most = Number.POSITIVE_INFINITY, waitMilliseconds = () => 0, groupOf = () => "" } = options;
  const open = new Map<string, Gathered<Item, Result>>();

  const begin = (group: string): Gathered<Item, Result> => {
    const gathered: Gathered<Item, Result> = { items: [], results: Promise.withResolvers() };
    const end = () => handOver(group, gathered);
    const wait = waitMilliseconds();
    if (wait > 0) setTimeout(end, wait);
    else setImmediate(end);
    open.set(group, gathered);
    return gathered;
  };
  const handOver = (group: string, gathered: Gathered<Item, Result>): void => {
    // Its moment ended early, when it was full.
    if (open.get(group) !== gathered) return;
    open.delete(group);
    const begun = async () => all(gathered.items);
    gathered.results.resolve(begun());
  };

  return async (item) => {
    const group = groupOf(item);
    const gathered = open.get(group) ?? begin(group);
    const position = gathered.items.push(item) - 1;
    if (gathered.items.length >= most) handOver(group, gathered);
    return (await gathered.results.promise)[position] as Promise<Result>;
  };
};

/** For `gather`, where one call answers for all: an Error in an item's place is that item's failure alone. */
export const eachOf = <Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>,
): ((items: readonly Item[]) => readonly Promise<Result>[]) => {
  return (items) => {
    const answers = work(items);
    return items.map(async (_, position) => {
      const answer = (await answers)[position] as Result | Error;
      if (answer instanceof Error) throw answer;
      return answer;
    });
  };
};
