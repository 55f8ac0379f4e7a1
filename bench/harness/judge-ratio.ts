import type { Ratio } from "./benchmark.ts";

/** @returns undefined for a ratio that is only shown */
export const isMet = ({ value, target }: Ratio): boolean | undefined =>
  target && (target.kind === ">=" ? value >= target.value : value <= target.value);

const figure = (value: number): string => value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);

/** The ratio's cells, for terminal and page: name, median, spread, target, whether it is met. */
export const ratioCells = (ratio: Ratio): string[] => {
  const { name, value, spread, target } = ratio;
  const met = isMet(ratio);
  return [
    name,
    figure(value),
    `${figure(spread[0])} to ${figure(spread[1])}`,
    target ? `${target.kind === ">=" ? "at least" : "at most"} ${target.value}` : "",
    met === undefined ? "" : met ? "met" : "missed",
  ];
};

export const RATIO_COLUMNS = ["ratio", "median", "rounds", "target", ""] as const;
