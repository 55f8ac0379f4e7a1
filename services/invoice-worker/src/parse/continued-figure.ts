import { isDamagedFigure } from "../items/damaged-figure.ts";
import type { Layout } from "../layout/layout.ts";
import { collapseSpaces } from "../text/characters.ts";
import { readAmount } from "./read-amount.ts";
import { readDate } from "./read-date.ts";

const MAX_LENGTH = 60;

/** Whether a text is nothing but a figure, or a part of one: `50`, `.50`, `650.00 INR`. Dates and `+49 …` are not. */
export const isNothingButFigure = (text: string, layout: Layout): boolean => {
  if (text.length > MAX_LENGTH) return false;
  const figure = collapseSpaces(text);
  if (figure === "" || figure.startsWith("+")) return false;
  if (readAmount(figure, layout.decimal, layout.currencyNames).kind !== "unreadable") return true;
  return isDamagedFigure(figure, layout) && readDate(figure, layout).kind === "unreadable";
};
