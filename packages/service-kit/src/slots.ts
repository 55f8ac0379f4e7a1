/** A counted number of places for work; taking never blocks, waiting for a free one does. */
export interface Slots {
  readonly free: () => number;
  readonly take: () => void;
  readonly give: () => void;
  /** Resolves as soon as at least one place is free. */
  readonly whenFree: () => Promise<void>;
}

export const createSlots = (total: number): Slots => {
  let taken = 0;
  let waiters: (() => void)[] = [];
  return {
    free: () => total - taken,
    take: () => {
      taken += 1;
    },
    give: () => {
      taken -= 1;
      const ready = waiters;
      waiters = [];
      for (const resume of ready) resume();
    },
    whenFree: () => (taken < total ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
  };
};
