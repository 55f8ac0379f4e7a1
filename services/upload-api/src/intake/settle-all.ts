/**
 * Waits until all have come to an end, then throws the first failure if there is one: whoever undoes the rest must
 * not race with work that is still under way.
 */
export const settleAll = async <T>(work: readonly Promise<T>[]): Promise<T[]> => {
  await Promise.allSettled(work);
  return Promise.all(work);
};
