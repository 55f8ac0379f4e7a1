/** Does `total` pieces of work, `width` of them at a time, each with its number from 0. Fails with the first failure. */
export const atOnce = async (
  total: number,
  width: number,
  work: (number: number) => Promise<unknown>,
): Promise<void> => {
  let next = 0;
  const take = async (): Promise<void> => {
    while (next < total) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(width, total) }, take));
};
