/** Says whole numbers in English words: the tests' own renderer, written without a look at the reader. */

const ONES = [
  "zero",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
  "thirteen",
  "fourteen",
  "fifteen",
  "sixteen",
  "seventeen",
  "eighteen",
  "nineteen",
];
const TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

export interface Manner {
  /** Lakh and crore instead of million and billion. */
  readonly indian: boolean;
  readonly hyphens: boolean;
  /** `one hundred and five` */
  readonly and: boolean;
  /** `eight thousand, one hundred` */
  readonly commas: boolean;
}

const below100 = (value: number, { hyphens }: Manner): string => {
  if (value < 20) return ONES[value] ?? "";
  const unit = value % 10;
  const ten = TENS[Math.floor(value / 10)] ?? "";
  return unit === 0 ? ten : `${ten}${hyphens ? "-" : " "}${ONES[unit]}`;
};

const below1000 = (value: number, manner: Manner): string => {
  const hundreds = Math.floor(value / 100);
  const rest = value % 100;
  if (hundreds === 0) return below100(rest, manner);
  const said = `${ONES[hundreds]} hundred`;
  return rest === 0 ? said : `${said}${manner.and ? " and" : ""} ${below100(rest, manner)}`;
};

const WESTERN: readonly (readonly [bigint, string])[] = [
  [1_000_000_000_000n, "trillion"],
  [1_000_000_000n, "billion"],
  [1_000_000n, "million"],
  [1_000n, "thousand"],
];
const INDIAN: readonly (readonly [bigint, string])[] = [
  [10_000_000n, "crore"],
  [100_000n, "lakh"],
  [1_000n, "thousand"],
];

export const sayNumber = (value: bigint, manner: Manner): string => {
  if (value < 1_000n) return below1000(Number(value), manner);
  const scales = manner.indian ? INDIAN : WESTERN;
  const [size, name] = scales.find(([scale]) => value >= scale) ?? [1_000n, "thousand"];
  const rest = value % size;
  const head = `${sayNumber(value / size, { ...manner, commas: false })} ${name}`;
  if (rest === 0n) return head;
  const join = rest < 100n && manner.and ? " and " : manner.commas ? ", " : " ";
  return `${head}${join}${sayNumber(rest, manner)}`;
};
