/** @returns the value in the middle of the sorted values, the mean of the two where there are two; 0 without values */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const [lower, upper] = [Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2)];
  return ((sorted[lower] ?? 0) + (sorted[upper] ?? 0)) / 2;
};

/** @returns the smallest value that so many per cent of all values do not exceed (nearest rank); 0 without values */
export const percentile = (values: readonly number[], percent: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
};

/** @returns smallest and largest; [0, 0] without values */
export const spread = (values: readonly number[]): readonly [number, number] =>
  values.length === 0 ? [0, 0] : [Math.min(...values), Math.max(...values)];
