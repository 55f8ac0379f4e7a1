import type { DateOrder, Layout } from "../layout/layout.ts";
import { areDigits, isDigit, isLetter, isSpace } from "../text/characters.ts";

export type DateReading =
  | { readonly kind: "exact"; readonly date: string }
  /** In figures, with nothing to say which is the month: the readings, ISO. */
  | { readonly kind: "ambiguous"; readonly dates: readonly string[] }
  | { readonly kind: "unreadable" };

const UNREADABLE: DateReading = { kind: "unreadable" };
const MAX_LENGTH = 60;
const ORDINALS = new Set(["st", "nd", "rd", "th"]);
const WEEKDAYS = new Set(
  "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun".split(
    " ",
  ),
);

/**
 * Reads a date with the month's name in any place (`Mar 31 2018`, `31st March, 2018`, `31-Mar-18`), ISO
 * (`2018-03-31`), or in figures. Two-digit years are those of this century, and stand last where the month is a word.
 * `03/04/2018` is decided by the layout's order only, and so is `25-03-26`, whose year may stand at either end;
 * `31/03/2018` can only be meant in one way.
 */
export const readDate = (text: string, layout: Pick<Layout, "dateOrder" | "months">): DateReading => {
  const parts = splitParts(text);
  if (parts === undefined) return UNREADABLE;
  if (parts.length === 4 && WEEKDAYS.has(parts[0] ?? "")) parts.shift();
  const [first, second, third] = parts;
  if (parts.length !== 3 || first === undefined || second === undefined || third === undefined) {
    return UNREADABLE;
  }
  const month = parts.map((part) => layout.months.get(part));
  if (month[0] !== undefined) return exact(third, month[0], second);
  if (month[1] !== undefined) {
    return first.length === 4 ? exact(first, month[1], third) : exact(third, month[1], first);
  }
  return parts.every(areDigits) ? readFigures(first, second, third, layout.dateOrder) : UNREADABLE;
};

const readFigures = (first: string, second: string, third: string, order: DateOrder): DateReading => {
  if (first.length === 4) return exact(first, Number(second), third);
  const readings = {
    dmy: isoDate(third, Number(second), first),
    mdy: isoDate(third, Number(first), second),
    ymd: isoDate(first, Number(second), third),
  };
  const preferred = order === null ? undefined : readings[order];
  if (preferred !== undefined) return { kind: "exact", date: preferred };
  // With a year of four digits at the end the third is none.
  const dates = [...new Set(Object.values(readings))].filter((date) => date !== undefined);
  const [only] = dates;
  if (only === undefined) return UNREADABLE;
  return dates.length === 1 ? { kind: "exact", date: only } : { kind: "ambiguous", dates };
};

const exact = (year: string, month: number, day: string): DateReading => {
  const date = isoDate(year, month, day);
  return date === undefined ? UNREADABLE : { kind: "exact", date };
};

/** Undefined unless the calendar has that day. */
const isoDate = (year: string, month: number, day: string): string | undefined => {
  if (!areDigits(year) || !areDigits(day) || day.length > 2) return undefined;
  if (year.length !== 4 && year.length !== 2) return undefined;
  const fullYear = year.length === 2 ? `20${year}` : year;
  const iso = `${fullYear}-${String(month).padStart(2, "0")}-${day.padStart(2, "0")}`;
  const time = Date.parse(`${iso}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso) ? iso : undefined;
};

/** Digits and words in lower case, without what separates them and without `st`, `nd`, `rd`, `th` behind digits. */
const splitParts = (text: string): string[] | undefined => {
  if (text.length > MAX_LENGTH) return undefined;
  const parts: string[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const isOfPart = isDigit(text[at]) ? isDigit : isLetter;
    while (at < text.length && isOfPart(text[at])) at += 1;
    if (at === start) {
      if (!isSpace(text[at]) && !",./-'\u2019".includes(text.charAt(at))) return undefined;
      at += 1;
      continue;
    }
    const part = text.slice(start, at).toLowerCase();
    const isOrdinal = ORDINALS.has(part) && isDigit(text[start - 1]);
    if (!isOrdinal) parts.push(part);
  }
  return parts;
};
