/**
 * Answers one item, by one call for all that are asked for at about the same time: what a request costs is the request
 * more than what it carries.
 * @param options.work answers for each item, in their order: an Error in an item's place rejects that item alone, what
 *   it throws rejects all of them
 */
export const gatherBriefly = <Item, Result>(options: {
  /** How long the first waits for others, in milliseconds; asked anew each time, as a stop has no time to wait. */
  readonly windowMs: () => number;
  /** So many wait for no more. */
  readonly most: number;
  readonly work: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>;
}): ((item: Item) => Promise<Result>) => {
  let waiting: Waiting<Item, Result>[] = [];
  let timer: NodeJS.Timeout | undefined;

  const begin = async (): Promise<void> => {
    clearTimeout(timer);
    const together = waiting;
    waiting = [];
    try {
      const results = await options.work(together.map(({ item }) => item));
      for (const [index, { resolve, reject }] of together.entries()) {
        const result = results[index] as Result | Error;
        if (result instanceof Error) reject(result);
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of together) reject(error);
    }
  };

  return (item) => {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    waiting.push({ item, resolve, reject });
    if (waiting.length >= options.most) void begin();
    else if (waiting.length === 1) timer = setTimeout(() => void begin(), options.windowMs());
    return promise;
  };
};

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}
