import type { FieldName } from "@stockwire/contracts/invoice";
import { invoice } from "../helpers.ts";
import type { CorpusFile, Expectation } from "./expectation.ts";

type Lines = Parameters<typeof invoice>[0];
interface Difference {
  readonly reasons: readonly string[];
  /** Values that differ from the plain invoice's; null: cannot be known. */
  readonly fields?: Partial<Record<FieldName, string | null>>;
  /** Lines that differ. */
  readonly lines?: Partial<Record<FieldName, number | null>>;
  readonly items?: Expectation["items"];
  readonly checks?: Expectation["checks"];
  readonly status?: Expectation["status"];
}

const item = (name: string | null, price: string | null, tax: string | null = null) => ({ name, price, tax });
const ITEMS = [item("Controller", "5000", "300"), item("Damper", "2650", "200")];

/** The expectation of a file with the plain invoice's lines, written down as differences from it. */
const expected = ({ reasons, fields = {}, lines = {}, ...rest }: Difference): Expectation => ({
  status: reasons.length === 0 ? "accepted" : "quarantined",
  reasons,
  layout: "default",
  items: ITEMS,
  ...rest,
  fields: Object.fromEntries(
    PLAIN.map(([field, value], index) => [
      field,
      {
        value: fields[field] === undefined ? value : fields[field],
        line: lines[field] === undefined ? index + 1 : lines[field],
      },
    ]),
  ) as Expectation["fields"],
  checks: {
    item_prices_equal_amount: "passed",
    item_taxes_equal_tax: "passed",
    amount_and_tax_equal_total: "passed",
    words_equal_total: "passed",
    date_in_range: "passed",
    ...rest.checks,
  },
});

const PLAIN: readonly (readonly [FieldName, string])[] = [
  ["customer_id", "c-1"],
  ["invoice_id", "i-1"],
  ["date", "2018-03-31"],
  ["from", "Space Mechanics Inc."],
  ["to", "Starfleet HQ"],
  ["amount", "7650"],
  ["tax", "500"],
  ["total", "8150"],
  ["in_words", "Space Rupees Eight thousand one hundred fifty only"],
];

const NO_SUMS = {
  item_prices_equal_amount: "unchecked",
  item_taxes_equal_tax: "unchecked",
  amount_and_tax_equal_total: "unchecked",
  words_equal_total: "unchecked",
} as const;

const NO_ITEM_SUMS = { item_prices_equal_amount: "unchecked", item_taxes_equal_tax: "unchecked" } as const;

/** Below one more line. */
const ONE_DOWN: NonNullable<Difference["lines"]> = Object.fromEntries(
  PLAIN.map(([field], index) => [field, index + 2]),
);

const CASES: readonly (readonly [name: string, lines: Lines, difference: Difference])[] = [
  [
    "ambiguous-date",
    { date: "Dated: 03/04/2018" },
    { reasons: ["ambiguous_date"], fields: { date: null }, checks: { date_in_range: "unchecked" } },
  ],
  [
    "ambiguous-amount",
    { amount: "Amount: 7.650", in_words: "" },
    {
      reasons: ["ambiguous_amount"],
      fields: { amount: null, in_words: null },
      lines: { in_words: null },
      checks: { ...NO_SUMS, item_taxes_equal_tax: "passed" },
    },
  ],
  [
    "ambiguous-everything",
    {
      amount: "Amount: 7.650",
      tax: "SGST: 1.500",
      total: "Total: 9.150",
      in_words: "",
      items: "Items\n1) Controller, 5.000, 1.300\n2) Damper, 2.650, 0.200",
    },
    {
      reasons: ["ambiguous_amount"],
      fields: { amount: null, tax: null, total: null, in_words: null },
      lines: { in_words: null },
      items: [item("Controller", null), item("Damper", null)],
      checks: NO_SUMS,
    },
  ],
  ["words-decide-the-amount", { amount: "Amount: 7.650" }, { reasons: [] }],
  [
    "words-fit-neither-reading",
    { total: "Total: 8.150", in_words: "InWords: Nine thousand only" },
    {
      reasons: ["ambiguous_amount"],
      fields: { total: null, in_words: "Nine thousand only" },
      checks: { amount_and_tax_equal_total: "unchecked", words_equal_total: "unchecked" },
    },
  ],
  [
    "price-off-by-one",
    { items: "Items\n1) Controller, 5001, 300\n2) Damper, 2650, 200" },
    {
      reasons: ["item_prices_equal_amount"],
      items: [item("Controller", "5001", "300"), item("Damper", "2650", "200")],
      checks: { item_prices_equal_amount: "failed" },
    },
  ],
  [
    "item-tax-off",
    { items: "Items\n1) Controller, 5000, 30\n2) Damper, 2650, 200" },
    {
      reasons: ["item_taxes_equal_tax"],
      items: [item("Controller", "5000", "30"), item("Damper", "2650", "200")],
      checks: { item_taxes_equal_tax: "failed" },
    },
  ],
  [
    "total-off",
    { total: "Total: 8250" },
    {
      reasons: ["amount_and_tax_equal_total", "words_equal_total"],
      fields: { total: "8250" },
      checks: { amount_and_tax_equal_total: "failed", words_equal_total: "failed" },
    },
  ],
  [
    "words-off",
    { in_words: "InWords: Eight thousand one hundred fifteen" },
    {
      reasons: ["words_equal_total"],
      fields: { in_words: "Eight thousand one hundred fifteen" },
      checks: { words_equal_total: "failed" },
    },
  ],
  [
    "words-misspelled",
    { in_words: "InWords: Eigth thousand one hundred fifty" },
    {
      reasons: ["unreadable_words"],
      fields: { in_words: "Eigth thousand one hundred fifty" },
      checks: { words_equal_total: "unchecked" },
    },
  ],
  [
    "missing-total",
    { total: "" },
    {
      reasons: ["missing_field"],
      fields: { total: null },
      lines: { total: null, in_words: 8 },
      checks: { amount_and_tax_equal_total: "unchecked", words_equal_total: "unchecked" },
    },
  ],
  [
    "missing-customer",
    { customer_id: "Customer: c-1" },
    {
      reasons: ["missing_field"],
      fields: { customer_id: null },
      lines: { customer_id: null },
      status: "rejected",
    },
  ],
  [
    "no-tax-stated",
    { tax: "", amount: "Amount: 8150", items: "Items\n1) Controller, 5500\n2) Damper, 2650" },
    {
      reasons: [],
      fields: { amount: "8150", tax: null },
      lines: { tax: null, total: 7, in_words: 8 },
      items: [item("Controller", "5500"), item("Damper", "2650")],
      checks: { item_taxes_equal_tax: "unchecked", amount_and_tax_equal_total: "unchecked" },
    },
  ],
  [
    "tax-label-misspelled",
    { tax: "SGTS: 500" },
    {
      reasons: ["unexplained_difference"],
      fields: { tax: null },
      lines: { tax: null },
      checks: { item_taxes_equal_tax: "unchecked", amount_and_tax_equal_total: "unchecked" },
    },
  ],
  [
    "two-totals",
    { total: "Total: 8150 Grand Total: 8250" },
    {
      reasons: ["repeated_field"],
      fields: { total: null },
      checks: { amount_and_tax_equal_total: "unchecked", words_equal_total: "unchecked" },
    },
  ],
  ["same-total-twice", { total: "Total: 8150 Grand Total: 8150" }, { reasons: [] }],
  [
    "tax-stated-twice",
    { tax: "SGST: 250 SGST: 250" },
    {
      reasons: ["repeated_field"],
      fields: { tax: null },
      checks: { item_taxes_equal_tax: "unchecked", amount_and_tax_equal_total: "unchecked" },
    },
  ],
  [
    "previous-total",
    { total: "Previous Total: 900\nTotal: 8150" },
    { reasons: [], lines: { total: 9, in_words: 10 } },
  ],
  [
    "negative-tax",
    { tax: "SGST: -500" },
    {
      reasons: ["bad_amount"],
      fields: { tax: null },
      checks: { item_taxes_equal_tax: "unchecked", amount_and_tax_equal_total: "unchecked" },
    },
  ],
  [
    "letter-in-amount",
    { amount: "Amount: 765O" },
    {
      reasons: ["bad_amount"],
      fields: { amount: null },
      checks: { item_prices_equal_amount: "unchecked", amount_and_tax_equal_total: "unchecked" },
    },
  ],
  [
    "amount-too-large",
    { total: "Total: 8150000000000" },
    {
      reasons: ["amount_out_of_range"],
      fields: { total: null },
      checks: { amount_and_tax_equal_total: "unchecked", words_equal_total: "unchecked" },
    },
  ],
  [
    "no-such-day",
    { date: "Dated: 31 February 2018" },
    { reasons: ["bad_date"], fields: { date: null }, checks: { date_in_range: "unchecked" } },
  ],
  [
    "date-too-old",
    { date: "Dated: 31 March 1999" },
    { reasons: ["date_in_range"], fields: { date: "1999-03-31" }, checks: { date_in_range: "failed" } },
  ],
  [
    "date-too-far",
    { date: "Dated: 31 March 2081" },
    { reasons: ["date_in_range"], fields: { date: "2081-03-31" }, checks: { date_in_range: "failed" } },
  ],
  [
    "item-without-price",
    { items: "Items\n1) Controller\n2) Damper, 2650, 200" },
    {
      reasons: ["bad_item"],
      items: [item("Damper", "2650", "200")],
      checks: { item_prices_equal_amount: "unchecked", item_taxes_equal_tax: "unchecked" },
    },
  ],
  [
    "number-as-end-of-a-name",
    { items: "Items\n1) Controller, 5000, 300\n2) Pipe, 3, 2650, 200" },
    { reasons: [], items: [item("Controller", "5000", "300"), item("Pipe, 3", "2650", "200")] },
  ],
  [
    "footer-behind-the-items",
    { items: "Items\n1) Controller, 5000, 300\n2) Damper, 2650, 200\nThank you for your business" },
    { reasons: [] },
  ],
  [
    "id-with-a-space",
    { invoice_id: "Inv-ID: i 1" },
    { reasons: ["bad_identifier"], fields: { invoice_id: null }, status: "rejected" },
  ],
  [
    "right-to-left-mark",
    { total: "Total: \u202e0518" },
    {
      reasons: ["control_character"],
      fields: { total: null },
      checks: { amount_and_tax_equal_total: "unchecked", words_equal_total: "unchecked" },
    },
  ],
  [
    "address-below-a-name",
    { to: "To: Starfleet HQ\nSan Francisco" },
    {
      reasons: [],
      fields: { to: "Starfleet HQ San Francisco" },
      lines: { amount: 7, tax: 8, total: 9, in_words: 10 },
    },
  ],
  [
    "unknown-labels",
    { to: "To: Starfleet HQ\nOrder Date: 2018-01-01", total: "Total: 8150\nPrevious Balance: 9000" },
    { reasons: [], lines: { amount: 7, tax: 8, total: 9, in_words: 11 } },
  ],
  [
    "value-and-unit-swapped",
    { amount: "Amount: 500", tax: "SGST: 7650" },
    {
      reasons: ["item_prices_equal_amount", "item_taxes_equal_tax"],
      fields: { amount: "500", tax: "7650" },
      checks: { item_prices_equal_amount: "failed", item_taxes_equal_tax: "failed" },
    },
  ],
  [
    "thousands-without-space-between-cells",
    { items: "Items\n1) Controller,5,000,300\n2) Damper,2,650,200" },
    {
      reasons: ["ambiguous_amount"],
      items: [item(null, null), item(null, null)],
      checks: { item_prices_equal_amount: "unchecked", item_taxes_equal_tax: "unchecked" },
    },
  ],
  [
    "item-negative-and-without-tax",
    { items: "Items\n1) Controller, 5000, 300\n2) Damper, 2650, 200\n3) Less discount, -100, 0" },
    { reasons: ["bad_item"], checks: NO_ITEM_SUMS },
  ],
  [
    "item-price-in-parentheses",
    { items: "Items\n1) Controller, 5000, 300\n2) Damper, 2650, 200\n3) Refund, (900), 0" },
    { reasons: ["bad_item"], checks: NO_ITEM_SUMS },
  ],
  [
    "item-price-with-two-points",
    { items: "Items\n1) Controller, 5000, 300\n2) Damper, 2650, 200\n3) Fuse, 12.5.3, 0" },
    { reasons: ["bad_item"], checks: NO_ITEM_SUMS },
  ],
  [
    "item-price-not-available",
    { items: "Items\n1) Controller, 5000, 300\n2) Damper, 2650, 200\n3) Free sample, n/a, 0" },
    { reasons: ["bad_item"], checks: NO_ITEM_SUMS },
  ],
  [
    "item-price-with-a-letter",
    { items: "Items\n1) Controller, 5OOO, 300\n2) Damper, 2650, 200" },
    { reasons: ["bad_item"], items: [item("Damper", "2650", "200")], checks: NO_ITEM_SUMS },
  ],
  [
    "names-that-hold-figures",
    {
      items:
        "Items\n1) Screw, M8, 5000, 300\n2) Cable, 5 m, 2650, 200\n3) Gasket, 3/4, 0\n4) Oil, 5l, 0\n5) Shirt, 100%, 0",
    },
    {
      reasons: [],
      items: [
        item("Screw, M8", "5000", "300"),
        item("Cable, 5 m", "2650", "200"),
        item("Gasket, 3/4", "0"),
        item("Oil, 5l", "0"),
        item("Shirt, 100%", "0"),
      ],
    },
  ],
  [
    "items-state-a-tax-that-the-invoice-does-not",
    { tax: "", total: "Total: 7650", in_words: "InWords: Seven thousand six hundred fifty only" },
    {
      reasons: ["unexplained_item_taxes"],
      fields: { tax: null, total: "7650", in_words: "Seven thousand six hundred fifty only" },
      lines: { tax: null, total: 7, in_words: 8 },
      checks: { item_taxes_equal_tax: "unchecked", amount_and_tax_equal_total: "unchecked" },
    },
  ],
  [
    "two-digit-year-at-either-end",
    { date: "Dated: 25-03-26" },
    { reasons: ["ambiguous_date"], fields: { date: null }, checks: { date_in_range: "unchecked" } },
  ],
  [
    "empty-id",
    { customer_id: "Customer-ID: ,;" },
    { reasons: ["bad_identifier"], fields: { customer_id: null }, status: "rejected" },
  ],
  [
    "id-of-dots",
    { invoice_id: "Inv-ID: .." },
    { reasons: ["bad_identifier"], fields: { invoice_id: null }, status: "rejected" },
  ],
  [
    "id-with-a-soft-hyphen",
    { invoice_id: "Inv-ID: i-\u00ad1" },
    { reasons: ["control_character"], fields: { invoice_id: null }, status: "rejected" },
  ],
  [
    "hundredths-before-units",
    { in_words: "InWords: cents fifty and eight thousand dollars" },
    {
      reasons: ["unreadable_words"],
      fields: { in_words: "cents fifty and eight thousand dollars" },
      checks: { words_equal_total: "unchecked" },
    },
  ],
  [
    "two-columns-behind-one-label",
    { total: "Total: 8   150" },
    {
      reasons: ["bad_amount"],
      fields: { total: null },
      checks: { amount_and_tax_equal_total: "unchecked", words_equal_total: "unchecked" },
    },
  ],
  [
    "no-digit-before-the-point",
    { total: "Total: .8150" },
    {
      reasons: ["bad_amount"],
      fields: { total: null },
      checks: { amount_and_tax_equal_total: "unchecked", words_equal_total: "unchecked" },
    },
  ],
  [
    "figures-broken-over-lines",
    { amount: "Amount: 7650\n.50", tax: "SGST: 500", total: "Total: 8150\n.50", in_words: "" },
    {
      reasons: ["bad_amount"],
      fields: { amount: null, total: null, in_words: null },
      lines: { tax: 8, total: 9, in_words: null },
      checks: { ...NO_SUMS, item_taxes_equal_tax: "passed" },
    },
  ],
  [
    "figure-broken-before-the-next-label",
    { amount: "Amount: 7650", tax: "\n50  SGST: 500" },
    {
      reasons: ["bad_amount"],
      fields: { amount: null },
      lines: { tax: 8, total: 9, in_words: 10 },
      checks: { item_prices_equal_amount: "unchecked", amount_and_tax_equal_total: "unchecked" },
    },
  ],
  [
    "three-currencies",
    { amount: "Amount: $7650", tax: "SGST: ₹500", total: "Total: €8150" },
    { reasons: ["mixed_currencies"], checks: NO_SUMS },
  ],
  [
    "dollars-in-figures-and-rupees-in-words",
    {
      amount: "Amount: USD 7650",
      total: "Total: USD 8150",
      in_words: "InWords: Rupees Eight thousand one hundred fifty only",
    },
    {
      reasons: ["mixed_currencies"],
      fields: { in_words: "Rupees Eight thousand one hundred fifty only" },
      checks: NO_SUMS,
    },
  ],
  [
    "an-item-in-another-currency",
    { total: "Total (INR): 8150", items: "Items\n1) Controller, 5000, 300\n2) Damper, $2650, $200" },
    { reasons: ["mixed_currencies"], checks: NO_SUMS },
  ],
  [
    "credit-note-heading",
    { customer_id: "CREDIT NOTE\nCustomer-ID: c-1" },
    { reasons: ["credit_note"], lines: ONE_DOWN },
  ],
  [
    "credit-note-label",
    { customer_id: "Credit Note No: CN-1\nCustomer-ID: c-1" },
    { reasons: ["credit_note"], lines: ONE_DOWN },
  ],
  [
    "credit-notes-in-a-sentence",
    { items: "Items\n1) Controller, 5000, 300\n2) Damper, 2650, 200\n\nCredit notes are issued on request" },
    { reasons: [] },
  ],
  [
    "discount-and-net-payable",
    { total: "Total: 8150\nDiscount: 150\nNet payable: 8000" },
    { reasons: ["unread_amount"], lines: { in_words: 11 } },
  ],
  [
    "shipping-behind-the-total",
    { total: "Total: 8150 Shipping: 150 Amount payable: 8300" },
    { reasons: ["unread_amount"] },
  ],
  [
    "payable-is-the-total",
    { total: "Total: 8150\nDiscount: 0.00\nNet payable: 8,150.00\nPaid: 31.03.2018" },
    { reasons: [], lines: { in_words: 12 } },
  ],
  [
    "two-items-on-one-line",
    { items: "Items: 1) Controller, 5000, 300 2) Damper, 2650, 200" },
    { reasons: [] },
  ],
  [
    "items-on-one-line-with-a-comma-between",
    { items: "Items: 1) Controller, 5000, 300, 2) Damper, 2650, 200" },
    { reasons: ["bad_item"], items: [], checks: NO_ITEM_SUMS },
  ],
  [
    "slash-dash-decides",
    { amount: "Amount: Rs. 7,650/-", total: "Total: Rs. 8,150/-", in_words: "" },
    {
      reasons: [],
      fields: { in_words: null },
      lines: { in_words: null },
      checks: { words_equal_total: "unchecked" },
    },
  ],
  [
    "values-below-their-labels",
    { from: "From:\nSpace Mechanics Inc.", total: "Total:\n8150" },
    { reasons: [], lines: { to: 6, amount: 7, tax: 8, total: 9, in_words: 11 } },
  ],
];

export const handwrittenFiles = (): CorpusFile[] =>
  CASES.map(([name, lines, difference]) => ({ name, text: invoice(lines), expected: expected(difference) }));
