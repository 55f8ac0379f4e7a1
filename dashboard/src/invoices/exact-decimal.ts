/** Amounts of money stay text or whole numbers of their smallest unit: a float would lose digits. */

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** How many decimals an amount is written with. */
export const decimalsOf = (amount: string): number => DECIMAL.exec(amount)?.[3]?.length ?? 0;

/**
 * The sum of exact decimals, with as many decimals as the one with most.
 * @throws RangeError for anything but digits, a point and a sign
 */
export const sumOf = (amounts: readonly string[]): string => {
  const decimals = Math.max(0, ...amounts.map(decimalsOf));
  let sum = 0n;
  for (const amount of amounts) sum += unitsOf(amount, decimals);
  return textOf(sum, decimals);
};

const unitsOf = (amount: string, decimals: number): bigint => {
  const [, sign, whole, fraction = ""] = DECIMAL.exec(amount) ?? [];
  if (whole === undefined) throw new RangeError(`not an amount: ${amount}`);
  const units = BigInt(whole + fraction.padEnd(decimals, "0"));
  return sign === "-" ? -units : units;
};

const textOf = (units: bigint, decimals: number): string => {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, "0");
  const text = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  return units < 0n ? `-${text}` : text;
};

/** Every digit, as the reader's language writes them; anything that is no amount stays as it is. */
export const formatAmount = (amount: string, leastDecimals = 0, locale?: string): string => {
  if (!DECIMAL.test(amount)) return amount;
  const decimals = decimalsOf(amount);
  const format = new Intl.NumberFormat(locale, {
    minimumFractionDigits: Math.max(decimals, leastDecimals),
    maximumFractionDigits: Math.max(decimals, leastDecimals),
  });
  return format.format(amount as Intl.StringNumericLiteral);
};
