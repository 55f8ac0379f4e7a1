/** Writes amounts and dates in the ways that people do: the tests' own renderer, written without a look at the reader. */

export type FigureStyle =
  | "plain"
  | "western"
  | "western short"
  | "german"
  | "german short"
  | "spaced"
  | "apostrophe"
  | "indian";

/** @param value in ten-thousandths */
export const writeAmount = (value: bigint, style: FigureStyle): string => {
  const whole = (value / 10_000n).toString();
  const four = (value % 10_000n).toString().padStart(4, "0");
  const fraction = four.endsWith("00") ? four.slice(0, 2) : four;
  const hasFraction = fraction !== "00";
  const tail = (point: string): string => `${point}${fraction}`;
  const short = (point: string): string => (hasFraction ? tail(point) : "");
  switch (style) {
    case "plain":
      return whole + short(".");
    case "western":
      return group(whole, ",") + tail(".");
    case "western short":
      return group(whole, ",") + short(".");
    case "german":
      return group(whole, ".") + tail(",");
    case "german short":
      return group(whole, ".") + short(",");
    case "spaced":
      return group(whole, " ") + short(",");
    case "apostrophe":
      return group(whole, "'") + tail(".");
    case "indian":
      return groupIndian(whole) + tail(".");
  }
};

const group = (digits: string, separator: string): string =>
  digits.length <= 3 ? digits : `${group(digits.slice(0, -3), separator)}${separator}${digits.slice(-3)}`;

const groupIndian = (digits: string): string => {
  if (digits.length <= 3) return digits;
  const parts = [digits.slice(-3)];
  for (let rest = digits.slice(0, -3); rest !== ""; rest = rest.slice(0, -2)) parts.unshift(rest.slice(-2));
  return parts.join(",");
};

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);

export type DateStyle =
  | "Mar 31 2018"
  | "31 March 2018"
  | "2018-03-31"
  | "31-Mar-18"
  | "31st March, 2018"
  | "31.03.2018"
  | "03/31/2018";

/** @param iso `2018-03-31` */
export const writeDate = (iso: string, style: DateStyle): string => {
  const [year = "", month = "", day = ""] = iso.split("-");
  const name = MONTHS[Number(month) - 1] ?? "";
  switch (style) {
    case "Mar 31 2018":
      return `${name.slice(0, 3)} ${Number(day)} ${year}`;
    case "31 March 2018":
      return `${Number(day)} ${name} ${year}`;
    case "2018-03-31":
      return iso;
    case "31-Mar-18":
      return `${day}-${name.slice(0, 3)}-${year.slice(2)}`;
    case "31st March, 2018":
      return `${Number(day)}${ordinal(Number(day))} ${name}, ${year}`;
    case "31.03.2018":
      return `${day}.${month}.${year}`;
    case "03/31/2018":
      return `${month}/${day}/${year}`;
  }
};

const ordinal = (day: number): string => {
  if (day >= 11 && day <= 13) return "th";
  return ["th", "st", "nd", "rd"][day % 10] ?? "th";
};
