import { formatDecimal } from "@stockwire/contracts/decimal";
import type { InvoiceReading } from "@stockwire/contracts/invoice";
import fc from "fast-check";
import t from "tap";
import { isDigit } from "../src/text/characters.ts";
import { sourceArbitrary, styleArbitrary } from "./arbitrary-invoice.ts";
import { read, valuesOf } from "./helpers.ts";
import { writeAmount } from "./render-figures.ts";
import { amountOf, renderInvoice, type Source, taxOf } from "./render-invoice.ts";

const expectedValues = (source: Source, words: string): Record<string, string> => ({
  customer_id: source.customerId,
  invoice_id: source.invoiceId,
  date: source.date,
  from: source.from,
  to: source.to,
  amount: formatDecimal(amountOf(source)),
  tax: formatDecimal(taxOf(source)),
  total: formatDecimal(amountOf(source) + taxOf(source)),
  in_words: words,
});

const cells = (reading: InvoiceReading): unknown[] =>
  reading.items.map(({ name, price, tax }) => ({ name, price, tax }));
const expectedCells = ({ items }: Source): unknown[] =>
  items.map(({ name, price, tax }) => ({
    name,
    price: formatDecimal(price),
    tax: tax === null ? null : formatDecimal(tax),
  }));

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

t.test("an invoice in any style is read back as it was", async (t) => {
  fc.assert(
    fc.property(sourceArbitrary, styleArbitrary, (source, style) => {
      const { text, lines, words } = renderInvoice(source, style);
      const reading = read(text);
      const found = { values: valuesOf(reading), items: cells(reading), status: reading.status };
      const wanted = {
        values: expectedValues(source, words),
        items: expectedCells(source),
        status: "accepted",
      };
      if (!same(found, wanted)) {
        throw new Error(
          `${text}\n${JSON.stringify(found)}\n${JSON.stringify(wanted)}\n${JSON.stringify(reading.problems)}`,
        );
      }
      for (const [name, line] of Object.entries(lines)) {
        if (reading.fields[name as keyof typeof reading.fields].line !== line)
          throw new Error(`${name} line`);
      }
    }),
    { numRuns: 1_500 },
  );
  t.pass("1500 invoices");
});

t.test("without words nothing is wrong, though some of it stays undecided", async (t) => {
  fc.assert(
    fc.property(sourceArbitrary, styleArbitrary, (source, style) => {
      const order = style.order.filter((group) => !group.includes("in_words"));
      const { text, words } = renderInvoice(source, { ...style, order });
      const reading = read(text);
      const wanted = expectedValues(source, words);
      for (const [name, value] of Object.entries(valuesOf(reading))) {
        if (value !== null && value !== wanted[name]) throw new Error(`${name}: ${value}\n${text}`);
      }
      for (const [index, item] of reading.items.entries()) {
        const expected = source.items[index];
        if (item.price !== null && item.price !== formatDecimal(expected?.price ?? -1n)) {
          throw new Error(`item ${index}: ${item.price}\n${text}`);
        }
      }
    }),
    { numRuns: 500 },
  );
  t.pass("500 invoices");
});

/** Where the digits of the amounts stand: behind the sign that nothing else has before it. */
const amountDigits = (text: string): number[] => {
  const places: number[] = [];
  for (let at = text.indexOf("¤"); at !== -1; at = text.indexOf("¤", at + 1)) {
    let on = at + 1;
    while ("0123456789.,'".includes(text[on] ?? "x")) {
      if (isDigit(text[on])) places.push(on);
      on += 1;
    }
  }
  return places;
};

t.test(
  "one digit of one amount changed: a check objects, and the wrong value is not confirmed",
  async (t) => {
    let objections = 0;
    const change = fc.record({ place: fc.nat(), by: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(sourceArbitrary, styleArbitrary, change, (source, style, { place: pick, by }) => {
        const { text } = renderInvoice(source, { ...style, currency: { before: "¤", behind: "" } });
        const places = amountDigits(text);
        const place = places[pick % places.length];
        if (place === undefined) throw new Error("no amount");
        const digit = (Number(text[place]) + by) % 10;
        const changed = `${text.slice(0, place)}${digit}${text.slice(place + 1)}`;
        const reading = read(changed);
        if (reading.status === "accepted") throw new Error(`accepted\n${changed}`);
        const hasFailed = reading.checks.some(({ outcome }) => outcome === "failed");
        if (!hasFailed && reading.problems.length === 0) throw new Error(`nothing objects\n${changed}`);
        const wanted = expectedValues(source, "");
        for (const name of ["amount", "tax", "total"] as const) {
          const { value, standing } = reading.fields[name];
          if (standing === "confirmed" && value !== wanted[name])
            throw new Error(`${name} confirmed\n${changed}`);
        }
        objections += 1;
      }),
      { numRuns: 1_000 },
    );
    t.equal(objections, 1_000);
  },
);

type Damage = (figure: string, currency: string) => string | undefined;

/** What hands and scanners do to one figure; undefined where there is nothing to do it to. */
const DAMAGES: Readonly<Record<string, Damage>> = {
  "a sign before": (figure, currency) => `-${currency}${figure}`,
  "a sign between": (figure, currency) => `${currency}-${figure}`,
  "a sign behind": (figure, currency) => `${currency}${figure}-`,
  parentheses: (figure, currency) => `(${currency}${figure})`,
  "a letter for a nought": (figure, currency) =>
    figure.includes("0") ? `${currency}${figure.replace("0", "O")}` : undefined,
  "a letter for every nought": (figure, currency) =>
    figure.includes("0") ? `${currency}${figure.replaceAll("0", "O")}` : undefined,
  "a double point": (figure, currency) => `${currency}${figure.slice(0, -1)}..${figure.slice(-1)}`,
  "two points": (figure, currency) => `${currency}1.${figure.slice(0, 1)}.${figure}`,
  "the first digit gone": (figure, currency) => `${currency}${figure.slice(1)}`,
  "no digits": (_, currency) => currency,
};

t.test("one figure of one item damaged: something objects, and no other value is confirmed", async (t) => {
  const pick = fc.record({
    item: fc.nat(),
    cell: fc.constantFrom("price", "tax"),
    damage: fc.constantFrom(...Object.keys(DAMAGES)),
    currency: fc.constantFrom("", "¤", "Rs. "),
  });
  fc.assert(
    fc.property(sourceArbitrary, styleArbitrary, pick, (source, given, { item, cell, damage, currency }) => {
      const order = [...given.order.filter((group) => !group.includes("items")), ["items" as const]];
      const style = { ...given, order, wrapAt: 10_000, currency: { before: currency, behind: "" } };
      const index = item % source.items.length;
      const { price, tax } = source.items[index] ?? { price: 0n, tax: null };
      const value = cell === "price" ? price : tax;
      fc.pre(value !== null);
      const { text } = renderInvoice(source, style);
      const figure = writeAmount(value ?? 0n, style.figures);
      const damaged = DAMAGES[damage]?.(figure, currency);
      // An item whose last cell is empty is one without a tax.
      fc.pre(damaged !== undefined && (cell === "price" || damaged !== ""));
      const lines = text.split(style.lineEnd);
      const at = lines.findIndex((line) => line.startsWith(`${index + 1}${style.marker} `));
      const cells = lines[at]?.split(style.itemSeparator) ?? [];
      cells[cells.length - (cell === "price" && tax !== null ? 2 : 1)] = damaged ?? "";
      lines[at] = cells.join(style.itemSeparator);
      const changed = lines.join(style.lineEnd);
      const reading = read(changed);
      if (reading.status === "accepted") throw new Error(`${damage}: accepted\n${changed}`);
      const isWrong = reading.items.some(
        (found, place) =>
          found.priceStanding === "confirmed" &&
          found.price !== formatDecimal(source.items[place]?.price ?? -1n),
      );
      if (isWrong) throw new Error(`${damage}: confirmed\n${changed}`);
    }),
    { numRuns: 2_000 },
  );
  t.pass("2000 invoices");
});
