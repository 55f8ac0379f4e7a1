import type { FieldName } from "@stockwire/contracts/invoice";
import fc from "fast-check";
import type { DateStyle, FigureStyle } from "./render-figures.ts";
import type { Source, Style } from "./render-invoice.ts";

const NAMES = [
  "Matter antimatter fusion controller",
  "2MW Fusion reactor",
  "Cable, 5 m, shielded",
  "Type X phaser",
  "Bolts M8, 100 pcs",
  "Dial (rev. 2.5)",
  "Überwurfmutter 3/4",
  "O'Neill clamp & seal",
  "Adapter USB-C to: HDMI",
];
const PARTIES = [
  "Space Mechanics Inc.",
  "Starfleet Interplanatory HQ",
  "Café Noir, S.A.",
  "Müller & Söhne KG",
  "株式会社 宇宙",
];

const dayArbitrary = fc
  .integer({ min: Date.UTC(2000, 0, 1) / 86_400_000, max: Date.UTC(2026, 11, 31) / 86_400_000 })
  .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));

/** Whole units, hundredths or ten-thousandths. */
const moneyArbitrary = fc.oneof(
  fc.bigInt({ min: 1n, max: 3_000_000n }).map((value) => value * 10_000n),
  fc.bigInt({ min: 1n, max: 300_000_000n }).map((value) => value * 100n),
  fc.bigInt({ min: 1n, max: 99_999_999n }).map((value) => (value % 10n === 0n ? value + 1n : value)),
);

export const sourceArbitrary: fc.Arbitrary<Source> = fc.record({
  customerId: fc.constantFrom("sm-LK0080145", "C/77", "客1", "a_b"),
  invoiceId: fc.integer({ min: 1, max: 99_999 }).map((value) => `inv-${String(value).padStart(5, "0")}`),
  date: dayArbitrary,
  from: fc.constantFrom(...PARTIES),
  to: fc.constantFrom(...PARTIES),
  items: fc.array(
    fc.record({
      name: fc.constantFrom(...NAMES),
      price: moneyArbitrary,
      tax: fc.option(moneyArbitrary, { freq: 3 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

const FIELDS: readonly (FieldName | "items")[] = [
  "customer_id",
  "invoice_id",
  "date",
  "from",
  "to",
  "amount",
  "tax",
  "total",
  "in_words",
  "items",
];

const inAnyCase = (...labels: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...labels), fc.constantFrom("as is", "upper", "lower"))
    .map(([label, how]) =>
      how === "upper" ? label.toUpperCase() : how === "lower" ? label.toLowerCase() : label,
    );

/** Any order; neighbours share lines, except for items and words, which keep to themselves. */
const orderArbitrary = fc
  .tuple(
    fc.shuffledSubarray([...FIELDS], { minLength: FIELDS.length }),
    fc.array(fc.boolean(), { minLength: FIELDS.length, maxLength: FIELDS.length }),
  )
  .map(([fields, shares]) => {
    const groups: (FieldName | "items")[][] = [];
    for (const [index, field] of fields.entries()) {
      const last = groups.at(-1);
      const isAlone = field === "items" || field === "in_words";
      const mayJoin = last !== undefined && !last.includes("items") && !last.includes("in_words");
      if (shares[index] && mayJoin && !isAlone) last.push(field);
      else groups.push([field]);
    }
    return groups;
  });

const dateStyles: readonly DateStyle[] = [
  "Mar 31 2018",
  "31 March 2018",
  "2018-03-31",
  "31-Mar-18",
  "31st March, 2018",
];
const figureStyles: readonly FigureStyle[] = [
  "plain",
  "western",
  "western short",
  "german",
  "german short",
  "spaced",
  "apostrophe",
  "indian",
];

const plainStyleArbitrary: fc.Arbitrary<Omit<Style, "currency" | "words">> = fc.record({
  labels: fc.record({
    customer_id: inAnyCase("Customer-ID", "Customer ID", "customer_id"),
    invoice_id: inAnyCase("Inv-ID", "Invoice No.", "Invoice ID"),
    date: inAnyCase("Dated", "Date", "Invoice Date"),
    from: inAnyCase("From", "Seller"),
    to: inAnyCase("To", "Bill To"),
    amount: inAnyCase("Amount", "Sub-Total", "Net Amount"),
    tax: fc.constant("Tax"),
    total: inAnyCase("Total", "Grand Total"),
    in_words: inAnyCase("InWords", "In Words", "Amount in words"),
    items: inAnyCase("Items", "Items:"),
  }),
  order: orderArbitrary,
  colon: fc.constantFrom(": ", ":", " : ", ":\t", ":  "),
  gap: fc.constantFrom(" ", "  ", "\t", "; "),
  lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
  bom: fc.boolean(),
  blankLines: fc.boolean(),
  figures: fc.constantFrom(...figureStyles),
  dates: fc.constantFrom(...dateStyles),
  marker: fc.constantFrom(")", "."),
  itemSeparator: fc.constantFrom(", ", "; ", " | ", ",  "),
  wrapAt: fc.constantFrom(24, 60, 10_000),
  taxes: fc.constantFrom(["SGST"], ["Tax"], ["VAT"], ["IGST"], ["SGST", "CGST"], ["cgst", "sgst"]),
});

const RUPEES = {
  currencies: [
    { before: "", behind: "" },
    { before: "₹", behind: "" },
    { before: "Rs. ", behind: "" },
    { before: "", behind: " INR" },
  ],
  before: ["", "Space Rupees ", "Rs. "],
  behind: ["", " only"],
};
const DOLLARS = {
  currencies: [
    { before: "", behind: "" },
    { before: "$ ", behind: "" },
    { before: "US$", behind: "" },
  ],
  before: [""],
  behind: ["", " Dollars only"],
};

/** Figures and words name one currency, each in its own way or not at all. */
const moneyStyleArbitrary: fc.Arbitrary<Pick<Style, "currency" | "words">> = fc
  .constantFrom(RUPEES, DOLLARS)
  .chain(({ currencies, before, behind }) =>
    fc.record({
      currency: fc.constantFrom(...currencies),
      words: fc.record({
        manner: fc.record({
          indian: fc.boolean(),
          hyphens: fc.boolean(),
          and: fc.boolean(),
          commas: fc.boolean(),
        }),
        before: fc.constantFrom(...before),
        behind: fc.constantFrom(...behind),
      }),
    }),
  );

export const styleArbitrary: fc.Arbitrary<Style> = fc
  .tuple(plainStyleArbitrary, moneyStyleArbitrary)
  .map(([style, money]) => ({ ...style, ...money }));
