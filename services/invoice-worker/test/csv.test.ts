import { readFileSync } from "node:fs";
import { join } from "node:path";
import { invoiceCsvKey, invoiceLinesCsvKey } from "@stockwire/contracts/keys";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import t from "tap";
import { neutraliseCell } from "../src/csv/neutralise-cell.ts";
import { invoiceCells, renderInvoiceCsv, renderInvoiceLinesCsv } from "../src/csv/render-csv.ts";
import { invoice, read } from "./helpers.ts";

t.test("the sample as CSV", async (t) => {
  const reading = read(readFileSync(join(import.meta.dirname, "../../../samples/invoices/inv-00001.txt")));
  t.equal(
    renderInvoiceCsv(reading),
    "customer_id,invoice_id,date,from,to,amount,tax,total,in_words\r\n" +
      "sm-LK0080145,inv-00001,2018-03-31,Space Mechanics Inc.,Starfleet Interplanatory HQ,7650,500,8150," +
      "Space Rupees Eight thousand one hundred fifty only\r\n",
  );
  const [header, first, ...rest] = (await renderInvoiceLinesCsv(reading)).trimEnd().split("\r\n");
  t.equal(header, "customer_id,invoice_id,date,line,item,price,tax");
  t.equal(first, "sm-LK0080145,inv-00001,2018-03-31,1,Matter antimatter fusion controller,2000,200");
  t.equal(rest.at(-1), "sm-LK0080145,inv-00001,2018-03-31,5,Transporter base dial,850,");
});

t.test("what a spreadsheet would run is neutralised, amounts are not touched", async (t) => {
  for (const start of ["=", "+", "-", "@", "\t", "\r", "\uff1d", " ="]) {
    t.equal(neutraliseCell(`${start}1+1`).charAt(0), "'", JSON.stringify(start));
  }
  t.equal(neutraliseCell("a\\b\r\nc\u2028d"), "a b  c d");
  t.equal(neutraliseCell("Plain, with comma"), "Plain, with comma");
  const reading = read(
    invoice({ from: 'From: =HYPERLINK("x")', to: 'To: Say "hi", Ltd.', customer_id: "Customer-ID: -1" }),
  );
  const csv = renderInvoiceCsv(reading);
  t.match(csv, `"'=HYPERLINK(""x"")","Say ""hi"", Ltd."`);
  t.match(csv, "\r\n'-1,i-1,");
  t.equal(invoiceCells(reading)[5], "7650");
});

t.test("where a semicolon begins a cell, what begins there is neutralised as well", async (t) => {
  const table: Record<string, string> = {
    "ACME;=HYPERLINK(1)": "ACME;'=HYPERLINK(1)",
    "ACME; +1;-2;@x": "ACME;' +1;'-2;'@x",
    'ACME;"=1+1"': 'ACME;\'"=1+1"',
    "ACME;\uff1d1": "ACME;'\uff1d1",
    "ACME;\t=1": "ACME;' =1",
    "=1;=2": "'=1;'=2",
    "a; b;;c=1": "a; b;;c=1",
  };
  for (const [text, expected] of Object.entries(table)) t.equal(neutraliseCell(text), expected, text);
  const text = fc.string({ unit: fc.constantFrom("=", ";", "'", '"', "-", " ", "\t", "a") });
  fc.assert(fc.property(text, (any) => neutraliseCell(neutraliseCell(any)) === neutraliseCell(any)));
  fc.assert(
    fc.property(text, (any) =>
      neutraliseCell(any)
        .split(";")
        .map((piece) => Array.from(piece).find((one) => one !== " " && one !== '"'))
        .slice(1)
        .every((first) => first === undefined || !"=-".includes(first)),
    ),
  );
});

t.test("any text is one record on one line, and comes back", async (t) => {
  const reading = read(invoice());
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom("=", ",", '"', "\n", "\r", "\\", "a") }),
  );
  await fc.assert(
    fc.asyncProperty(text, text, async (from, name) => {
      const fields = { ...reading.fields, from: { ...reading.fields.from, value: from } };
      const items = reading.items.map((item) => ({ ...item, name }));
      const csv = renderInvoiceCsv({ ...reading, fields });
      const lines = await renderInvoiceLinesCsv({ ...reading, fields, items });
      const [, record] = parse(csv) as string[][];
      return (
        csv.split(/\r|\n|\r\n/).filter(Boolean).length === 2 &&
        lines.split("\r\n").length === items.length + 2 &&
        record?.[3] === neutraliseCell(from)
      );
    }),
  );
  t.pass();
});

t.test("object keys", async (t) => {
  t.equal(
    invoiceCsvKey("2018-03-31", "sm-LK0080145", "inv-00001"),
    "invoices/dt=2018-03-31/sm-LK0080145_inv-00001.csv",
  );
  t.equal(invoiceLinesCsvKey("2018-03-31", "a_b", "c/d"), "invoice-lines/dt=2018-03-31/a%5Fb_c%2Fd.csv");
  t.equal(
    invoiceCsvKey("2018-03-31", "客 %'()*~", "1"),
    "invoices/dt=2018-03-31/%E5%AE%A2%20%25%27%28%29%2A%7E_1.csv",
  );
  const id = fc.string({ unit: "grapheme", minLength: 1 });
  fc.assert(
    fc.property(id, id, id, id, (a, b, c, d) => {
      const isSame = a === c && b === d;
      return (invoiceCsvKey("2018-03-31", a, b) === invoiceCsvKey("2018-03-31", c, d)) === isSame;
    }),
  );
  const key = invoiceCsvKey("2018-03-31", "a_b/客 %", "1");
  t.equal(decodeURIComponent(key.split("/")[2]?.split("_")[0] ?? ""), "a_b/客 %");
});
