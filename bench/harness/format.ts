/** Figures as tables show them. */

/** Whole where large, with as many digits behind the point as three figures need where small. */
export const figure = (value: number): string =>
  value.toLocaleString("en-GB", {
    maximumFractionDigits: Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2,
  });

/** Decimal megabytes. */
export const megabytes = (bytes: number): string => `${figure(Math.round(bytes / 1_000_000))} MB`;

/** @param values smallest and largest */
export const range = ([smallest, largest]: readonly [number, number]): string =>
  `${figure(smallest)} to ${figure(largest)}`;
