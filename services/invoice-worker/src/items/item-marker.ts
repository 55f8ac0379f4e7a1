import { areDigits, isDigit, isSpace } from "../text/characters.ts";

const MAX_DIGITS = 6;

/** `1)`, `(1)` or `1.` at the beginning of a line; `2.5 inch` and `2MW` are none. */
export const readMarker = (line: string): { number: string; textStart: number } | undefined => {
  let at = 0;
  while (isSpace(line[at])) at += 1;
  if (line[at] === "(") at += 1;
  const start = at;
  while (at - start <= MAX_DIGITS && isDigit(line[at])) at += 1;
  const number = line.slice(start, at);
  if (!areDigits(number) || number.length > MAX_DIGITS) return undefined;
  if (line[at] === ")") return { number, textStart: at + 1 };
  if (line[at] === "." && line[start - 1] !== "(" && !isDigit(line[at + 1])) {
    return { number, textStart: at + 1 };
  }
  return undefined;
};
