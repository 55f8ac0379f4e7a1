/**
 * Works on items a few at a time and hands the results out in the items' order. Only `most` results are ever held
 * or under way. Where one fails, or the consumer stops, the others' fate is of no interest any more: end them by
 * the signal that `work` was given.
 */
export async function* readAhead<Item, Result>(
  items: AsyncIterable<Item>,
  most: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const underWay: Promise<Result>[] = [];
  for await (const item of items) {
    const result = work(item);
    // Whoever awaits it gets the error; until then Node must not take it for one that nobody handles.
    result.catch(() => {});
    underWay.push(result);
    if (underWay.length >= most) yield (await underWay.shift()) as Result;
  }
  for (const result of underWay) yield await result;
}
