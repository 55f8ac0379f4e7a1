/** @returns the value in the middle of the sorted values, the mean of the two where there are two. @throws without values */
export const median = (values: readonly number[]): number => {
  const sorted = sortedOf(values);
  const [lower, upper] = [Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2)];
  return ((sorted[lower] ?? Number.NaN) + (sorted[upper] ?? Number.NaN)) / 2;
};

/** @returns the smallest value that so many per cent of all values do not exceed (nearest rank). @throws without values */
export const percentile = (values: readonly number[], percent: number): number => {
  const sorted = sortedOf(values);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
};

/** @returns smallest and largest. @throws without values */
export const spread = (values: readonly number[]): readonly [number, number] => {
  const sorted = sortedOf(values);
  return [sorted[0] ?? Number.NaN, sorted.at(-1) ?? Number.NaN];
};

/** What was not measured is no 0: that would meet every target of "at most". */
const sortedOf = (values: readonly number[]): number[] => {
  if (values.length === 0) throw new Error("nothing was measured");
  return values.toSorted((a, b) => a - b);
};
