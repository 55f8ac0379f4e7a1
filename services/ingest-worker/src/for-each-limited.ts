/** Runs `work` for each value, at most `limit` at a time. Rejects with the first failure, after all have settled. */
export const forEachLimited = async <Value>(
  values: Iterable<Value>,
  limit: number,
  work: (value: Value) => Promise<unknown>,
): Promise<void> => {
  const iterator = values[Symbol.iterator]();
  let failed = false;
  const run = async (): Promise<void> => {
    for (let next = iterator.next(); next.done !== true && !failed; next = iterator.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: limit }, run));
  const failure = results.find((result) => result.status === "rejected");
  if (failure !== undefined) throw failure.reason;
};
