import { type Decimal, decimalFromDigits, MAX_DECIMALS } from "@stockwire/contracts/decimal";

/** Two classes and single repetitions of each: nothing to backtrack into. */
const DECIMAL = /^(-?)([0-9]+)(?:\.([0-9]+))?$/;

/**
 * The amount in a CSV cell or a column of a report, e.g. `7650`, `7650.50`, `7650.5000`.
 * @throws RangeError for anything else
 */
export const parseDecimal = (text: string): Decimal => {
  const [, sign, whole, fraction = ""] = DECIMAL.exec(text) ?? [];
  if (whole === undefined || fraction.length > MAX_DECIMALS) throw new RangeError(`not an amount: ${text}`);
  const size = decimalFromDigits(whole, fraction);
  return sign === "-" ? -size : size;
};
