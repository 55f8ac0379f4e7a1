import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { invoice, itemsOf, outcome, read, valuesOf } from "./helpers.ts";

t.test("the sample", async (t) => {
  const sample = readFileSync(join(import.meta.dirname, "../../../samples/invoices/inv-00001.txt"));
  const reading = read(sample);
  t.equal(reading.status, "accepted");
  t.same(valuesOf(reading), {
    customer_id: "sm-LK0080145",
    invoice_id: "inv-00001",
    date: "2018-03-31",
    from: "Space Mechanics Inc.",
    to: "Starfleet Interplanatory HQ",
    amount: "7650",
    tax: "500",
    total: "8150",
    in_words: "Space Rupees Eight thousand one hundred fifty only",
  });
  t.equal(reading.items.length, 5);
  t.ok(reading.checks.every((check) => check.outcome === "passed"));
  for (const field of ["amount", "tax", "total", "in_words"] as const) {
    t.equal(reading.fields[field].standing, "confirmed", field);
  }
  t.equal(reading.fields.customer_id.standing, "unchecked", "no check can vouch for an id");
  t.equal(reading.fields.date.standing, "unchecked", "a date in range may still be the wrong one");
});

t.test("a disagreement names both figures and quarantines", async (t) => {
  const reading = read(invoice({ total: "Total: 8250" }));
  t.equal(reading.status, "quarantined");
  t.same(reading.reasons, ["amount_and_tax_equal_total", "words_equal_total"]);
  const sum = reading.checks.find(({ name }) => name === "amount_and_tax_equal_total");
  t.equal(sum?.message, "Amount and the tax: 8150; the Total: 8250; they differ by 100");
  t.equal(reading.fields.total.standing, "disputed");
  t.equal(reading.fields.amount.standing, "disputed", "a check that failed outweighs one that passed");
});

t.test("several taxes add up, and the reading says so", async (t) => {
  const reading = read(invoice({ tax: "SGST: 250 CGST: 250" }));
  t.equal(reading.fields.tax.value, "500");
  t.same(reading.fields.tax.parts, [
    { label: "SGST", value: "250", line: 7 },
    { label: "CGST", value: "250", line: 7 },
  ]);
  t.match(reading.notes, [{ code: "taxes_added", message: "the tax is the sum of SGST 250 + CGST 250" }]);
  t.equal(reading.status, "accepted");
});

t.test("what the words decide is noted, with its line", async (t) => {
  const reading = read(
    invoice({ amount: "Amount: 7,650", items: "Items\n1) A, 5,000, 300\n2) B, 2,650, 200" }),
  );
  t.equal(reading.status, "accepted");
  t.same(itemsOf(reading), ["A|5000|300", "B|2650|200"]);
  t.match(reading.notes, [
    { code: "decided_by_words", field: "amount", line: 6 },
    { code: "decided_by_words", field: "items", line: 11 },
  ]);
});

t.test("items, in the ways that people write them", async (t) => {
  const table: Record<string, string[]> = {
    "1) Bolt, 20, 2": ["Bolt|20|2"],
    "1. Bolt, 20, 2": ["Bolt|20|2"],
    "(1) Bolt, 20, 2": ["Bolt|20|2"],
    "1)Bolt,20,2": ["Bolt|20|2"],
    "1) Bolt, 20": ["Bolt|20|"],
    "1) Bolt, M8, 100 pcs, 20.50, 2.05": ["Bolt, M8, 100 pcs|20.50|2.05"],
    "1) Bolt, 7, 20, 2": ["Bolt, 7|20|2"],
    "1) 2.5 inch bolt, 20, 2": ["2.5 inch bolt|20|2"],
    "1) Bolt, Rs. 2,000.00, Rs. 20.00": ["Bolt|2000|20"],
    "1) Bolt; 2.000,00; 20,00": ["Bolt|2000|20"],
    "1) Bolt,\n   20,\n   2": ["Bolt|20|2"],
    "1) Bolt\n2.5 inch long, 20, 2": ["Bolt 2.5 inch long|20|2"],
    "1) Bolt of\n500) grade, 20, 2": ["Bolt of 500) grade|20|2"],
    "1) Bolt, 20, 2\n\n2) Nut, 3, 1": ["Bolt|20|2", "Nut|3|1"],
    "1) Bolt, 20, 2\n3) Nut, 3, 1": ["Bolt|20|2", "Nut|3|1"],
    "1) Bolt, 20, 2\nThank you": ["Bolt|20|2"],
    "1) Bolt, 20, 2.": ["Bolt|20|2"],
    "1) Bolt\t\t20\t2": ["Bolt|20|2"],
    "1) Bolt,1,007,50": ["null|null|"],
    "1) Bolt, 7,650": ["Bolt|null|"],
    "1) Bolt,500,200": ["Bolt|null|"],
  };
  for (const [lines, expected] of Object.entries(table)) {
    t.same(
      itemsOf(read(invoice({ in_words: "", items: `Items\n${lines}` }))),
      expected,
      JSON.stringify(lines),
    );
  }
});

t.test("a figure that cannot be read is never part of a name", async (t) => {
  const item = (line: string) =>
    read(invoice({ items: `Items\n1) Controller, 5000, 300\n2) Damper, 2650, 200\n3) ${line}` }));
  for (const line of [
    "Less discount, -100, 0",
    "Less discount, 0, -100",
    "Less discount,-100,0",
    "Refund, (900), 0",
    "Refund; (900); 0",
    "Refund | 900- | 0",
    "Refund\t\u2212900\t0",
    "Refund, 900 CR, 0",
    "Damper, 12.5.3, 0",
    "Damper, 1,00,00, 0",
    "Damper, 7650 8150, 0",
    "Damper, 0100, 0",
    "Damper, .50, 0",
    "Damper, Rs. 1O0, 0",
    "Damper, l00, 0",
    "Damper, 5O, 0",
    "Damper, ~100, 0",
    "Free sample, n/a, 0",
    "Free sample, TBD, 0",
    "Free sample, -, 0",
    "Free sample, ?, 0",
    "Free sample, , 0",
    "Free sample, Rs., 0",
    "2000, 0",
    "Refund, -100\n   Gift, 0, 0",
    "Refund, -100\n9) Gift, 0, 0",
    "Gift, 0, 0\nRefund, 0, -100",
  ]) {
    const reading = item(line);
    t.equal(reading.status, "quarantined", line);
    t.same(reading.reasons, ["bad_item"], line);
    t.ok(
      reading.items.every(({ priceStanding }) => priceStanding !== "confirmed"),
      line,
    );
  }
  for (const [line, expected] of Object.entries({
    "Cable, 5 m, 0, 0": "Cable, 5 m|0|0",
    "Cable, 5 m, 0": "Cable, 5 m|0|",
    "Screw, M8, 0": "Screw, M8|0|",
    "Screw, 5 x 100, 0": "Screw, 5 x 100|0|",
    "Gasket, 3/4, 0": "Gasket, 3/4|0|",
    "Shirt, 100%, 0": "Shirt, 100%|0|",
    "Shirt, 40-42, 0": "Shirt, 40-42|0|",
    "Sensor, O2, 0": "Sensor, O2|0|",
    "Oil, 5l, 0": "Oil, 5l|0|",
    "Pass, 2018-03-31, 0": "Pass, 2018-03-31|0|",
    "Gift, 0, 0\nWith best wishes, and thanks": "Gift|0|0",
  })) {
    t.equal(itemsOf(item(line)).at(-1), expected, line);
    t.equal(item(line).status, "accepted", line);
  }
});

t.test("ids are visible, and can be asked for", async (t) => {
  const id = (text: string) => {
    const { status, reasons, fields } = read(invoice({ customer_id: `Customer-ID: ${text}` }));
    return status === "accepted" ? fields.customer_id.value : `${status} ${reasons.join()}`;
  };
  t.equal(id("a,,"), "a");
  t.equal(id("a;, ;"), "a");
  t.equal(id("..a."), "..a.");
  for (const text of [",", "; ,", ".", "..", "...", "\u0301"])
    t.equal(id(text), "rejected bad_identifier", text);
  for (const mark of [
    "\u00ad",
    "\u034f",
    "\u180b",
    "\u200c",
    "\u200d",
    "\u2061",
    "\u2800",
    "\u3164",
    "\ufe0f",
    "\u{e0041}",
    "\u{e0100}",
  ]) {
    t.equal(id(`a${mark}b`), "rejected control_character", JSON.stringify(mark));
  }
  t.equal(id("客1"), "客1");
});

t.test("items that state taxes, in an invoice that states none", async (t) => {
  const reading = read(invoice({ tax: "", total: "Total: 7650", in_words: "" }));
  t.same(reading.reasons, ["unexplained_item_taxes"]);
  t.match(reading.problems[0]?.message, "the items' taxes: 500");
  const items = "Items\n1) Controller, 5000, 0\n2) Damper, 2650, 0";
  t.equal(read(invoice({ tax: "", total: "Total: 7650", in_words: "", items })).status, "accepted");
});

t.test("a label that is repeated beyond the limit is a problem, whatever stands behind it", async (t) => {
  for (const [many, last] of [
    ["Total: 8150\n", "Total: 9150"],
    ["Total: 8150\n", "Total:\n9150"],
    ["Total:\n", "Total: 8150"],
    ["Total: 8150\n", "Total: 8150"],
  ] as const) {
    const reading = read(invoice({ total: `${many.repeat(50)}${last}` }));
    t.same(reading.reasons, ["repeated_field"], last);
    t.equal(reading.fields.total.value, null);
  }
  t.equal(read(invoice({ total: "Total: 8150\n".repeat(50) })).status, "accepted");
});

t.test("what stands in two columns is not one figure", async (t) => {
  const total = (text: string) => read(invoice({ total: `Total: ${text}` })).fields.total.value;
  for (const text of ["8 150", "8\u00a0150", "8\u2009150", "8\u202f150", "Rs.   8150", "8150   INR"]) {
    t.equal(total(text), "8150", JSON.stringify(text));
  }
  for (const text of ["8  150", "8\t150", "8 \u00a0150"]) t.equal(total(text), null, JSON.stringify(text));
});

t.test("messages hold whole characters", async (t) => {
  for (const length of [27, 28, 29, 37, 38, 39, 57, 58, 59, 60]) {
    const text = `${"x".repeat(length)}${"😀".repeat(40)}`;
    const reading = read(
      invoice({
        total: `Total: ${text}`,
        in_words: `InWords: ${text}`,
        items: `Items\n1) ${text}\n\n${text}`,
      }),
    );
    const said = [...reading.problems, ...reading.notes].map(({ message }) => message);
    t.ok(said.length > 2);
    for (const message of said) t.ok(message.isWellFormed(), message);
  }
});

t.test("labels and what only looks like them", async (t) => {
  const total = (line: string) => read(invoice({ total: line, in_words: "" })).fields.total.value;
  t.equal(total("TOTAL : 8150"), "8150");
  t.equal(total("Total\t8150"), "8150");
  t.equal(total("total = 8150"), "8150");
  t.equal(total("Total :- 8150"), "8150");
  t.equal(total("- Total: 8150"), "8150");
  t.equal(total("Total (INR): 8150"), "8150");
  t.equal(total("Grand_Total: 8150"), "8150");
  t.equal(total("Ｔotal: 8150"), null);
  t.equal(total("Total (excl. tax): 8150"), null);
  t.equal(total("Previous Total: 8150"), null);
  t.equal(total("Sub Total: 8150"), null);
  t.equal(total("Subtotals: 8150"), null);
  t.equal(total("Total 8150"), null);
  t.equal(total("Total 50%: 8150"), null);
  t.equal(total("Total (50%): 8150"), null);
  t.equal(total("Total (less 10%): 8150"), null);
  const amount = (line: string) => read(invoice({ amount: line, in_words: "" })).fields.amount.value;
  t.equal(amount("Amount (9%): 7650"), "7650");
  t.equal(amount("Amount (incl. 9%): 7650"), null);
});

t.test("a layout is chosen by its labels, ties go to the first, and the reading says why", async (t) => {
  t.equal(read(invoice()).layout?.name, "default");
  const german =
    "Kundennummer: k1\nRechnungsnummer: r1\nDatum: 03.04.2018\nNetto: 7.650\nMwSt: 500,00\nGesamt: 8.150";
  const reading = read(german);
  t.equal(reading.layout?.name, "rechnung");
  t.match(reading.layout?.because, "default has 0 of its 10 fields in the file; rechnung has 6");
  t.equal(reading.fields.date.value, "2018-04-03", "the layout's order decides");
  t.equal(reading.fields.amount.value, "7650", "the layout's locale decides");
  t.equal(outcome(reading, "amount_and_tax_equal_total"), "passed");
});
