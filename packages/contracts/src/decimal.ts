/**
 * An exact amount of money: a whole number of ten-thousandths, so 7650.50 is 76505000n. Sums and comparisons are
 * those of bigint; nothing here is ever a floating-point number.
 */
export type Decimal = bigint;

/** Digits behind the point that an amount may have. */
export const MAX_DECIMALS = 4;
const UNIT = 10n ** BigInt(MAX_DECIMALS);
/** The largest amount that is read: 10^12. */
export const MAX_AMOUNT: Decimal = 10n ** 12n * UNIT;

export const wholeDecimal = (units: bigint): Decimal => units * UNIT;

/** @param whole ASCII digits @param fraction at most four ASCII digits, may be empty */
export const decimalFromDigits = (whole: string, fraction: string): Decimal =>
  BigInt(whole) * UNIT + BigInt(fraction.padEnd(MAX_DECIMALS, "0"));

/** As a CSV cell or a message shows it: `7650`, `7650.50`, `0.1255`; no decimals or two to four of them. */
export const formatDecimal = (value: Decimal): string => {
  const sign = value < 0n ? "-" : "";
  const size = value < 0n ? -value : value;
  const fraction = size % UNIT;
  if (fraction === 0n) return `${sign}${size / UNIT}`;
  let digits = fraction.toString().padStart(MAX_DECIMALS, "0");
  while (digits.length > 2 && digits.endsWith("0")) digits = digits.slice(0, -1);
  return `${sign}${size / UNIT}.${digits}`;
};

export const sumOf = (values: Iterable<Decimal>): Decimal => {
  let sum = 0n;
  for (const value of values) sum += value;
  return sum;
};
