import type { Check, CheckName, FieldName, Standing } from "@stockwire/contracts/invoice";

/** Which values a check vouches for when it passes, and puts in doubt when it fails. */
const COVERS: Readonly<Partial<Record<FieldName | "item_price" | "item_tax", readonly CheckName[]>>> = {
  amount: ["item_prices_equal_amount", "amount_and_tax_equal_total"],
  tax: ["item_taxes_equal_tax", "amount_and_tax_equal_total"],
  total: ["amount_and_tax_equal_total", "words_equal_total"],
  in_words: ["words_equal_total"],
  item_price: ["item_prices_equal_amount"],
  item_tax: ["item_taxes_equal_tax"],
};

/** The standing of a value that could be read. */
export const judgeStanding = (
  value: FieldName | "item_price" | "item_tax",
  checks: readonly Check[],
): Standing => {
  // A date in range may still be the wrong one: that check can only put it in doubt.
  const names = value === "date" ? [] : (COVERS[value] ?? []);
  const outcomes = checks.filter(({ name }) => names.includes(name)).map(({ outcome }) => outcome);
  const isOutOfRange =
    value === "date" && checks.some(({ name, outcome }) => name === "date_in_range" && outcome === "failed");
  if (isOutOfRange || outcomes.includes("failed")) return "disputed";
  return outcomes.includes("passed") ? "confirmed" : "unchecked";
};
