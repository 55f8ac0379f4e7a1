/** Answers the moment at which an upload counts as received: ISO 8601, UTC, milliseconds. */
export type IssueReceivedAt = () => string;

/**
 * The time half of an upload's version. It strictly rises within a process, also when the clock stands still or
 * is set back: a file that was taken in later must never be ordered before an earlier one.
 * @param now epoch milliseconds
 */
export const createVersionIssuer = (now: () => number): IssueReceivedAt => {
  let last = 0;
  return () => {
    last = Math.max(now(), last + 1);
    return new Date(last).toISOString();
  };
};
