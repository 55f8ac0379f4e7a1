import { areDigits, isDigit, isLetter, isSpace } from "../text/characters.ts";

const MAX_DIGITS = 6;
/** Markers inside a line that are looked at. */
const MAX_INNER = 3;

export type MarkerStyle = "1)" | "(1)" | "1.";

interface Marker {
  readonly number: string;
  readonly style: MarkerStyle;
  /** Where it ends. */
  readonly textStart: number;
}

/** `1)`, `(1)` or `1.` at the beginning of a line; `2.5 inch` and `2MW` are none. */
export const readMarker = (line: string): Marker | undefined => {
  let at = 0;
  while (isSpace(line[at])) at += 1;
  const isOpened = line[at] === "(";
  if (isOpened) at += 1;
  const start = at;
  while (at - start <= MAX_DIGITS && isDigit(line[at])) at += 1;
  const number = line.slice(start, at);
  if (!areDigits(number) || number.length > MAX_DIGITS) return undefined;
  if (line[at] === ")") return { number, style: isOpened ? "(1)" : "1)", textStart: at + 1 };
  if (line[at] === "." && !isOpened && !isDigit(line[at + 1]))
    return { number, style: "1.", textStart: at + 1 };
  return undefined;
};

/** Numbers of further items inside a line, in the style of the first one: `Damper, 5, 1 2) Phaser, 7, 1`. */
export const findInnerMarkers = (
  text: string,
  style: MarkerStyle,
): (Marker & { readonly start: number })[] => {
  const found: (Marker & { readonly start: number })[] = [];
  const closing = style === "1." ? "." : ")";
  for (let at = text.indexOf(closing); at !== -1; at = text.indexOf(closing, at + 1)) {
    let start = at;
    while (start > 0 && at - start <= MAX_DIGITS && isDigit(text[start - 1])) start -= 1;
    const number = text.slice(start, at);
    if (number === "" || number.length > MAX_DIGITS) continue;
    if (style === "(1)") {
      if (text[start - 1] !== "(") continue;
      start -= 1;
    }
    const next = text[at + 1];
    const before = text[start - 1];
    const isSetApart = isSpace(before) || before === ";" || before === ",";
    if (!isSetApart || !(isSpace(next) || isLetter(next))) continue;
    found.push({ number, style, start, textStart: at + 1 });
    if (found.length === MAX_INNER) break;
  }
  return found;
};
