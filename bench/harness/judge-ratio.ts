import type { Ratio } from "./benchmark.ts";
import { figure, range } from "./format.ts";

const meets = (value: number, { kind, value: wanted }: NonNullable<Ratio["target"]>): boolean =>
  kind === ">=" ? value >= wanted : value <= wanted;

/** What is said of a ratio's target: the median decides, and rounds that lay on the other side are not kept silent. */
export const verdictOf = ({ value, spread, target }: Ratio): string => {
  if (target === undefined) return "";
  const isMet = meets(value, target);
  const isSo = spread.every((extreme) => meets(extreme, target) === isMet);
  return `${isMet ? "met" : "missed"}${isSo ? "" : " (not in every round)"}`;
};

/** The ratio's cells, for terminal and page: name, median, spread, target, whether it is met. */
export const ratioCells = (ratio: Ratio): string[] => {
  const { name, value, spread, target } = ratio;
  return [
    name,
    figure(value),
    range(spread),
    target ? `${target.kind === ">=" ? "at least" : "at most"} ${target.value}` : "",
    verdictOf(ratio),
  ];
};

export const RATIO_COLUMNS = ["ratio", "median", "rounds", "target", ""] as const;
