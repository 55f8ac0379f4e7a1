export type Limiter = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Runs work with at most `most` pieces at a time; the rest waits in order. */
export const createLimiter = (most: number): Limiter => {
  const waiters: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < most) running += 1;
    else await new Promise<void>((resolve) => waiters.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiters.shift();
      if (next) next();
      else running -= 1;
    }
  };
};
