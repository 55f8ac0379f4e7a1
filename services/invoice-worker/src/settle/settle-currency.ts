import type { Findings } from "../findings.ts";
import type { CurrencyNames } from "../parse/currency-names.ts";

/** Names of currencies in a file, in lower case, each with the first line where it stands. */
export type CurrencyMentions = Map<string, number>;

interface SettledCurrency {
  /** The one code that every name in the file may stand for; null where that leaves none or several. */
  readonly code: string | null;
  readonly isMixed: boolean;
}

/** The sign for any currency. */
const ANY = "¤";

export const mention = (
  mentions: CurrencyMentions,
  names: readonly string[] | undefined,
  line: number,
): void => {
  for (const name of names ?? []) if (!mentions.has(name)) mentions.set(name, line);
};

/** Finds the currency that all names have in common. A sign that the layout does not know stands for itself. */
export const settleCurrency = (
  mentions: CurrencyMentions,
  names: CurrencyNames,
  findings: Findings,
): SettledCurrency => {
  const seen: { readonly name: string; readonly line: number; readonly codes: readonly string[] }[] = [];
  let common: readonly string[] | undefined;
  for (const [name, line] of mentions) {
    if (name === ANY) continue;
    const codes = names.get(name) ?? [name];
    const left: readonly string[] = common?.filter((code) => codes.includes(code)) ?? codes;
    if (left.length === 0) {
      const other = seen.find((before) => !before.codes.some((code) => codes.includes(code))) ?? seen[0];
      const message =
        `"${spell(other?.name ?? "", names)}" in line ${other?.line} and "${spell(name, names)}" in line ${line} ` +
        "are different currencies; an invoice has one: correct it, or send an invoice for each";
      findings.problem({ code: "mixed_currencies", message, line, field: null });
      return { code: null, isMixed: true };
    }
    seen.push({ name, line, codes });
    common = left;
  }
  const [code] = common ?? [];
  const isKnown = code !== undefined && common?.length === 1 && !mentions.has(code);
  return { code: isKnown ? code : null, isMixed: false };
};

/** Codes in capitals, as people write them. */
const spell = (name: string, names: CurrencyNames): string =>
  names.get(name)?.includes(name.toUpperCase()) ? name.toUpperCase() : name;
