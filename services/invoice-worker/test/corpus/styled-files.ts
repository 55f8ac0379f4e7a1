import { type Rendered, renderInvoice, type Source, type Style } from "../render-invoice.ts";
import { type CorpusFile, expectedOf } from "./expectation.ts";
import { SOURCES } from "./sources.ts";

const PLAIN: Style = {
  labels: {
    customer_id: "Customer-ID",
    invoice_id: "Inv-ID",
    date: "Dated",
    from: "From",
    to: "To",
    amount: "Amount",
    tax: "SGST",
    total: "Total",
    in_words: "InWords",
    items: "Items",
  },
  order: [
    ["customer_id"],
    ["invoice_id", "date"],
    ["from"],
    ["to"],
    ["amount", "tax", "total"],
    ["in_words"],
    ["items"],
  ],
  colon: ": ",
  gap: " ",
  lineEnd: "\n",
  bom: false,
  blankLines: true,
  figures: "plain",
  currency: { before: "", behind: "" },
  dates: "Mar 31 2018",
  marker: ")",
  itemSeparator: ", ",
  wrapAt: 10_000,
  words: {
    manner: { indian: false, hyphens: false, and: false, commas: false },
    before: "Space Rupees ",
    behind: " only",
  },
  taxes: ["SGST"],
};

const said = (manner: Partial<Style["words"]["manner"]>, before = "", behind = ""): Pick<Style, "words"> => ({
  words: { manner: { ...PLAIN.words.manner, ...manner }, before, behind },
});
const inCase = (change: (label: string) => string): Pick<Style, "labels"> => ({
  labels: Object.fromEntries(
    Object.entries(PLAIN.labels).map(([field, label]) => [field, change(label)]),
  ) as unknown as Style["labels"],
});

/** One difference from the plain style each, and some of them together. */
const VARIATIONS: readonly (readonly [name: string, source: Source, style: Partial<Style>])[] = [
  ["one-field-a-line", SOURCES.station, { order: PLAIN.order.flat().map((field) => [field]) }],
  [
    "items-first",
    SOURCES.station,
    {
      order: [
        ["items"],
        ["total", "tax", "amount"],
        ["in_words"],
        ["to"],
        ["from"],
        ["date", "invoice_id", "customer_id"],
      ],
    },
  ],
  [
    "one-line",
    SOURCES.station,
    {
      order: [
        ["customer_id", "invoice_id", "date", "from", "to", "amount", "tax", "total"],
        ["in_words"],
        ["items"],
      ],
    },
  ],
  ["upper-case", SOURCES.station, inCase((label) => label.toUpperCase())],
  ["lower-case", SOURCES.station, inCase((label) => label.toLowerCase())],
  ["spaces-for-hyphens", SOURCES.station, inCase((label) => label.replace("-", " "))],
  ["tabs", SOURCES.station, { colon: ":\t", gap: "\t" }],
  ["spaces-before-colons", SOURCES.station, { colon: "  :  ", gap: "   " }],
  ["no-space-behind-colons", SOURCES.station, { colon: ":" }],
  ["semicolons-between", SOURCES.station, { gap: "; " }],
  ["crlf", SOURCES.station, { lineEnd: "\r\n" }],
  ["carriage-returns", SOURCES.station, { lineEnd: "\r" }],
  ["bom-and-crlf", SOURCES.station, { bom: true, lineEnd: "\r\n" }],
  ["no-blank-lines", SOURCES.station, { blankLines: false }],
  ["rupee-sign", SOURCES.station, { currency: { before: "₹", behind: "" }, figures: "western" }],
  ["rs-and-slash-dash", SOURCES.station, { currency: { before: "Rs. ", behind: "/-" } }],
  [
    "currency-code-before",
    SOURCES.workshop,
    { currency: { before: "EUR ", behind: "" }, ...said({}, "", " Euros only") },
  ],
  [
    "currency-code-behind",
    SOURCES.workshop,
    {
      currency: { before: "", behind: " GBP" },
      figures: "western",
      ...said({}, "Pounds Sterling ", " only"),
    },
  ],
  [
    "dollar-sign-and-us-dollars",
    SOURCES.workshop,
    { currency: { before: "$", behind: "" }, figures: "western", ...said({}, "US Dollars ", " only") },
  ],
  ["thousands-comma", SOURCES.workshop, { figures: "western" }],
  ["thousands-point", SOURCES.workshop, { figures: "german" }],
  ["thousands-space", SOURCES.workshop, { figures: "spaced" }],
  ["thousands-apostrophe", SOURCES.workshop, { figures: "apostrophe" }],
  ["lakh-grouping", SOURCES.market, { figures: "indian", ...said({ indian: true }, "Rupees ", " only") }],
  ["lakh-and-crore", SOURCES.market, { ...said({ indian: true, and: true }, "Rs. ", " only") }],
  ["four-decimals", SOURCES.refinery, { ...said({ hyphens: true }, "", " US Dollars only") }],
  ["four-decimals-comma", SOURCES.refinery, { figures: "western", ...said({ indian: true }) }],
  ["decided-by-words-comma", SOURCES.station, { figures: "western short" }],
  ["decided-by-words-point", SOURCES.station, { figures: "german short" }],
  ["day-month-name", SOURCES.station, { dates: "31 March 2018" }],
  ["iso-date", SOURCES.station, { dates: "2018-03-31" }],
  ["two-digit-year", SOURCES.station, { dates: "31-Mar-18" }],
  ["ordinal-date", SOURCES.market, { dates: "31st March, 2018" }],
  ["date-in-figures", SOURCES.station, { dates: "31.03.2018" }],
  ["month-first-in-figures", SOURCES.workshop, { dates: "03/31/2018" }],
  ["points-behind-numbers", SOURCES.station, { marker: "." }],
  ["wrapped-items", SOURCES.workshop, { wrapAt: 24 }],
  ["wrapped-items-and-words", SOURCES.market, { wrapAt: 30, ...said({ indian: true }, "Rupees ", " only") }],
  ["item-semicolons", SOURCES.workshop, { itemSeparator: "; ", figures: "german" }],
  ["item-bars", SOURCES.workshop, { itemSeparator: " | " }],
  ["item-tabs", SOURCES.workshop, { itemSeparator: "\t" }],
  ["item-commas-without-space", SOURCES.station, { itemSeparator: "," }],
  ["cgst-and-sgst", SOURCES.market, { taxes: ["CGST", "SGST"] }],
  ["igst", SOURCES.market, { taxes: ["IGST"] }],
  ["vat", SOURCES.workshop, { taxes: ["VAT"] }],
  ["tax-with-rate", SOURCES.single, { taxes: ["Tax (19%)"] }],
  ["tax-at-rate", SOURCES.single, { taxes: ["GST @ 19 %"] }],
  [
    "words-hyphens-and",
    SOURCES.station,
    said({ hyphens: true, and: true, commas: true }, "", " rupees only"),
  ],
  ["words-without-currency", SOURCES.station, said({})],
  ["untaxed-items", SOURCES.untaxed, {}],
  ["no-words", SOURCES.station, { order: PLAIN.order.filter(([field]) => field !== "in_words") }],
  ["no-items", SOURCES.station, { order: PLAIN.order.filter(([field]) => field !== "items") }],
  ["earliest-date", SOURCES.single, { dates: "2018-03-31" }],
];

const without = (source: Source, rendered: Rendered, hasItems: boolean) => {
  const expected = expectedOf(source, rendered, "default");
  if (hasItems) return expected;
  const unchecked = { item_prices_equal_amount: "unchecked", item_taxes_equal_tax: "unchecked" } as const;
  return { ...expected, items: [], checks: { ...expected.checks, ...unchecked } };
};

export const styledFiles = (): CorpusFile[] =>
  VARIATIONS.map(([name, source, changes]) => {
    const style = { ...PLAIN, ...changes };
    const rendered = renderInvoice(source, style);
    return {
      name,
      text: rendered.text,
      expected: without(source, rendered, style.order.flat().includes("items")),
    };
  });
