import { formatDecimal } from "@stockwire/contracts/decimal";
import fc from "fast-check";
import t from "tap";
import { readNumberWords } from "../src/words/read-number-words.ts";
import { layouts } from "./helpers.ts";
import { sayNumber } from "./say-number.ts";

const [layout] = layouts;
if (layout === undefined) throw new Error("no layout");
const say = (text: string): string => {
  const reading = readNumberWords(text, layout);
  return reading.kind === "exact" ? formatDecimal(reading.value) : "unreadable";
};

t.test("amounts in words", async (t) => {
  const table: Record<string, string> = {
    "Space Rupees Eight thousand one hundred fifty only": "8150",
    "Eight thousand one hundred and fifty Space Rupees": "8150",
    "EIGHT THOUSAND ONE HUNDRED FIFTY": "8150",
    "Rs. Eight thousand, one hundred fifty only.": "8150",
    "Eighty-one hundred fifty dollars": "8150",
    "Zero rupees": "0",
    "A hundred": "100",
    "One lakh": "100000",
    "Five crore three lakh two thousand and one": "50302001",
    "Nineteen thousand five hundred crore": "195000000000",
    "One lakh crore": "1000000000000",
    "One trillion": "1000000000000",
    "One million two hundred thirty-four thousand five hundred sixty-seven": "1234567",
    "Rupees two lacs only": "200000",
    "Eight thousand one hundred fifty and 50/100": "8150.50",
    "Eight thousand one hundred fifty and 50/100 Dollars only": "8150.50",
    "Dollars ten and no/100": "10",
    "Ten and 1250/10000": "10.125",
    "Rupees eight thousand one hundred fifty and fifty paise only": "8150.50",
    "Rupees eight thousand one hundred fifty and paise fifty only": "8150.50",
    "One hundred dollars and five cents": "100.05",
    "One hundred dollars five cents": "100.05",
    "Rupees one hundred and five and twenty paise": "105.20",
    "Fifty paise only": "0.50",
    "Eight point two five": "8.25",
    "Two pounds and one penny": "2.01",
    "A thousand dollars and a": "unreadable",
    "Eight dollars and cents twenty five": "8.25",
    "Cents fifty only": "0.50",
    "Eight thousand only Rupees": "8000",
    "Only eight thousand Rupees": "8000",
    "Two hundred and five thousand and one": "205001",
  };
  for (const [text, expected] of Object.entries(table)) t.equal(say(text), expected, text);
});

t.test("words that say no number are refused, never repaired", async (t) => {
  for (const text of [
    "",
    "only",
    "Rupees only",
    "Eigth thousand",
    "minus five",
    "fifty eleven",
    "one fifty",
    "two thousand three million",
    "one thousand two lakh",
    "two lakh three lakh",
    "thousand",
    "hundred five",
    "twenty zero",
    "one hundred hundred",
    "eight thousand one hundred fifty paise",
    "one hundred paise",
    "five and 500/100",
    "five and 50/99",
    "five rupees six",
    "8150",
    "two trillion",
    "cents fifty and eight dollars",
    "eight dollars cents twenty five dollars",
    "eight cents fifty",
    "dollars fifty cents",
    "and fifty cents",
    "fifty cents dollars",
    "eight dollars and",
    "rupees and eight",
    "eight and and five",
    "eight dollars and and fifty cents",
    "eight and hundred",
    "twenty and five",
    "eight point two dollars five",
    "eight point dollars two",
    "eight dollars point two",
    "eight only hundred",
    "eight only and fifty cents",
    "eight only 50/100",
    "eight and 50/100 and",
    "eight and 50/100 cents",
    "eight thousand a",
    "a hundred and a",
    "acht tausend",
    "one ".repeat(5_000),
  ]) {
    t.equal(say(text), "unreadable", text.slice(0, 40));
  }
});

t.test("any number up to 10^12 is read back from its words", async (t) => {
  const manner = fc.record({
    indian: fc.boolean(),
    hyphens: fc.boolean(),
    and: fc.boolean(),
    commas: fc.boolean(),
  });
  const digits = fc.integer({ min: 1, max: 12 });
  const number = digits.chain((length) => fc.bigInt({ min: 0n, max: 10n ** BigInt(length) }));
  const before = fc.constantFrom("", "Space Rupees ", "Rs. ", "US Dollars ");
  const around = fc.record({
    before,
    behind: fc.constantFrom("", " only", " rupees only"),
    cents: fc.integer({ min: 0, max: 99 }),
    style: fc.constantFrom("none", "fraction", "paise", "paise before"),
    upper: fc.boolean(),
  });
  fc.assert(
    fc.property(number, manner, around, (value, how, { before, behind, cents, style, upper }) => {
      const small = sayNumber(BigInt(cents), how);
      const said = {
        none: "",
        fraction: ` and ${String(cents).padStart(2, "0")}/100`,
        paise: ` and ${small} paise`,
        "paise before": ` and paise ${small}`,
      }[style];
      // `one hundred and five paise` is 100.05: the currency says where the whole units end.
      const unit = style.startsWith("paise") && before === "" ? " rupees" : "";
      const end = style.startsWith("paise") ? behind.replace(" rupees", "") : behind;
      const text = `${before}${sayNumber(value, how)}${unit}${said}${end}`;
      const expected = value * 10_000n + (style === "none" ? 0n : BigInt(cents) * 100n);
      if (expected > 10n ** 16n) return;
      t.equal(say(upper ? text.toUpperCase() : text), formatDecimal(expected), text);
    }),
    { numRuns: 500 },
  );
});
