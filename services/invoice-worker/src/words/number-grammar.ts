/** English cardinal numbers, lakh and crore included, as a list of words. */

const SMALL = new Map(
  (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen " +
    "seventeen eighteen nineteen"
  )
    .split(" ")
    .map((word, value) => [word, BigInt(value)]),
);
const TENS = new Map(
  "twenty thirty forty fifty sixty seventy eighty ninety"
    .split(" ")
    .map((word, index) => [word, BigInt(index + 2) * 10n]),
);

interface Scale {
  readonly size: bigint;
  /** What may be counted in it: `nineteen thousand five hundred crore` is said, `one thousand million` is not. */
  readonly countsTo: bigint;
}
const SCALES = new Map<string, Scale>();
const addScale = (size: bigint, countsTo: bigint, ...words: readonly string[]): void => {
  for (const word of words) SCALES.set(word, { size, countsTo });
};
addScale(1_000n, 999n, "thousand");
addScale(100_000n, 999n, "lakh", "lakhs", "lac", "lacs");
addScale(1_000_000n, 999n, "million", "millions");
addScale(10_000_000n, 99_999_999n, "crore", "crores");
addScale(1_000_000_000n, 999n, "billion", "billions");
addScale(1_000_000_000_000n, 999n, "trillion", "trillions");

export const isNumberWord = (word: string): boolean =>
  SMALL.has(word) || TENS.has(word) || SCALES.has(word) || word === "hundred" || word === "a";

/** `one hundred and five`, `two thousand and one`: behind `hundred` and scales only, and none of these behind it. */
export const mayAndFollow = (word: string | undefined): boolean =>
  word !== undefined && (word === "hundred" || SCALES.has(word));

/**
 * The number that the words say, or undefined where they say none in good English: scales must fall
 * (`two thousand three million` is no number), `fifty eleven` and `one fifty` are none either.
 * @param words lower case, without `and`
 */
export const readCardinal = (words: readonly string[]): bigint | undefined => {
  if (words.length === 0) return undefined;
  if (words.length === 1 && words[0] === "zero") return 0n;
  // `a` counts a hundred or a scale, nothing else: `eight thousand a` was cut off.
  if (words.some((word, index) => word === "a" && !mayAndFollow(words[index + 1]))) return undefined;
  // What has been said so far, in parts of falling scale; and the part below the next scale.
  const parts: { readonly value: bigint; readonly size: bigint }[] = [];
  let group: string[] = [];
  for (const word of words) {
    const scale = SCALES.get(word);
    if (scale === undefined) {
      group.push(word);
      continue;
    }
    let count = group.length === 0 ? 0n : readGroup(group);
    if (count === undefined) return undefined;
    group = [];
    if (!fits(count, parts)) return undefined;
    while ((parts.at(-1)?.size ?? scale.size) < scale.size) count += parts.pop()?.value ?? 0n;
    const value = count * scale.size;
    if (count === 0n || count > scale.countsTo || !fits(value, parts)) return undefined;
    if (parts.at(-1)?.size === scale.size) return undefined;
    parts.push({ value, size: scale.size });
  }
  const rest = group.length === 0 ? 0n : readGroup(group);
  if (rest === undefined || !fits(rest, parts)) return undefined;
  return parts.reduce((sum, part) => sum + part.value, rest);
};

const fits = (value: bigint, parts: readonly { readonly size: bigint }[]): boolean =>
  parts.length === 0 || value < (parts.at(-1)?.size ?? 0n);

/** Up to `ninety-nine hundred ninety-nine`; undefined for anything else, zero included. */
const readGroup = (words: readonly string[]): bigint | undefined => {
  const hundred = words.indexOf("hundred");
  if (hundred === -1) return readBelowHundred(words);
  const hundreds = readBelowHundred(words.slice(0, hundred));
  const rest = words.slice(hundred + 1);
  const below = rest.length === 0 ? 0n : readBelowHundred(rest);
  return hundreds === undefined || below === undefined ? undefined : hundreds * 100n + below;
};

const readBelowHundred = (words: readonly string[]): bigint | undefined => {
  const [first = "", second, ...more] = words;
  if (more.length > 0) return undefined;
  const ten = TENS.get(first);
  if (second === undefined) return ten ?? (first === "a" ? 1n : nonZero(SMALL.get(first)));
  const unit = nonZero(SMALL.get(second));
  return ten === undefined || unit === undefined || unit > 9n ? undefined : ten + unit;
};

const nonZero = (value: bigint | undefined): bigint | undefined => (value === 0n ? undefined : value);
