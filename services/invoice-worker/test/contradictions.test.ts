import t from "tap";
import { invoice, itemsOf, outcome, read } from "./helpers.ts";

const HEAD = "Customer-ID: r-1\nInv-ID: r-1\nDated: 2018-04-01\nFrom: A\nTo: B";
const foot = (text: string) => read(`${HEAD}\n${text}`);

t.test("a figure that goes on in the next line is no figure", async (t) => {
  for (const text of [
    "Amount: 76\n50\nTax: 5\n00\nTotal: 81\n50",
    "Amount: 7650\n.50\nTax: 500\nTotal: 8150\n.50",
    "Amount: 76\n\n  50 INR\nTax: 5\nTotal: 81",
    "Amount: 76\n50  Tax: 5\nTotal: 81",
    "Amount:\n76\n50\nTax: 5\nTotal: 81",
    "Tax: 5 Amount: 76\n,50\nTotal: 81",
    "Amount: 76\nTax: 5\nTotal: 81\nGrand Total: 81\n50",
    "Amount: Rs. 7,\n650/-\nTax: 500\nTotal: 8150",
  ]) {
    const reading = foot(text);
    t.same(reading.reasons, ["bad_amount"], JSON.stringify(text));
    const unreadable = Object.values(reading.fields).some(({ standing }) => standing === "unreadable");
    t.ok(unreadable, "and has no value");
  }
  const [problem] = foot("Amount: 76\n50\nTax: 5\nTotal: 81").problems;
  t.match(problem, { code: "bad_amount", line: 6, field: "amount", message: "seems to go on in line 7" });
  for (const text of [
    "Amount: 76\nTax: 5\nTotal: 81\nPage 1 of 2",
    "Amount: 76\nTax: 5\nTotal: 81\n31.03.2018",
    "Amount: 76\nTax: 5\nTotal: 81\nBank details\n5000",
    "Amount: 76\nTax: 5\nTotal: 81\n+91 98765 43210",
    "Amount:\n76\nTax:\n5\nTotal:\n81",
  ]) {
    t.equal(foot(text).status, "accepted", JSON.stringify(text));
  }
});

t.test("one invoice, one currency", async (t) => {
  const words = "InWords: Rupees one hundred ten only";
  for (const text of [
    `Amount: $100\nTax: ₹10\nTotal: €110\n${words}`,
    `Amount: USD 100\nTax: USD 10\nTotal: USD 110\n${words}`,
    "Amount: $100\nTax: 10\nTotal: 110 INR",
    "Amount: 100\nTax: 10\nTotal (EUR): 110\nInWords: one hundred ten dollars",
    "Amount: $100\nTax: 10\nTotal: 110\nRupees in Words: one hundred ten",
    "Amount: AUD 100\nTax: $10\nTotal: USD 110",
    "Amount: ₽100\nTax: $10\nTotal: 110",
    "Amount: $100\nTax: 10\nTotal: 110\nItems\n1) A, £100, £10",
  ]) {
    const reading = foot(text);
    t.same(reading.reasons, ["mixed_currencies"], text);
    t.equal(reading.currency, null);
    for (const name of ["amount", "tax", "total", "in_words"] as const)
      t.not(reading.fields[name].standing, "confirmed");
    t.equal(outcome(reading, "amount_and_tax_equal_total"), "unchecked");
  }
  const [problem] = foot("Amount: USD 100\nTax: 10\nTotal: Rs. 110").problems;
  t.match(problem, { line: 8, message: '"USD" in line 6 and "rs" in line 8' });
  const currency = (text: string) => {
    const { status, currency: code, reasons } = foot(text);
    return status === "accepted" ? code : reasons.join();
  };
  t.equal(currency("Amount: 100\nTax: 10\nTotal: 110"), null);
  t.equal(currency("Amount: $100\nTax: $10\nTotal: $110"), null, "of several countries");
  t.equal(currency("Amount: $100\nTax: $10\nTotal: US$110"), "USD");
  t.equal(currency("Amount: ₹100\nTax: Rs. 10\nTotal: INR 110"), "INR");
  t.equal(currency("Amount: Rs 100\nTax: Rs 10\nTotal: PKR 110"), "PKR");
  t.equal(currency("Amount: ₽100\nTax: ₽10\nTotal: ₽110"), null, "a sign that the layout does not know");
  t.equal(currency("Amount: ¤100\nTax: ¤10\nTotal: €110"), "EUR");
  t.equal(currency(`Amount: ₹100\nTax: ₹10\nTotal: ₹110\nInWords: Space Rupees one hundred ten`), "INR");
  t.equal(currency(`Amount: 100\nTax: 10\nTotal: 110\nInWords: Space Rupees one hundred ten`), null);
  t.equal(currency("Amount: 100\nTax: 10\nTotal ($): 110\nInWords: US Dollars one hundred ten"), "USD");
});

t.test("a credit note is no expense", async (t) => {
  for (const text of [
    "CREDIT NOTE",
    "*** Credit  Note ***",
    "Credit Note No: CN-1",
    "Credit Note CN-1",
    "Credit-Note # 7 Original",
    "Credit Memo\tCM-7",
    "GUTSCHRIFT",
    "Acme Ltd      CREDIT NOTE",
    "Document Type: Credit Note",
  ]) {
    for (const file of [`${text}\n${invoice()}`, `${invoice({ items: "" })}${text}\n`]) {
      const reading = read(file);
      t.same(reading.reasons, ["credit_note"], text);
      t.equal(reading.status, "quarantined");
    }
  }
  t.match(read(`CREDIT NOTE\n${invoice()}`).problems, [{ line: 1, message: "credit notes are not booked" }]);
  t.same(read(`${invoice()}\nCREDIT NOTE\n`).reasons, ["credit_note"], "below the items");
  for (const text of [
    "Credit notes are issued on request",
    "credit note terms apply",
    "Your credit note: see below",
    "Tax Invoice",
    "Credit: 30 days",
    "Ask for a credit note",
  ]) {
    t.equal(read(`${text}\n${invoice()}`).status, "accepted", text);
  }
  const items = "Items\n1) Credit note, 5000, 300\n2) Forms for a\ncredit note holder 7, 2650, 200";
  t.equal(read(invoice({ items })).status, "accepted", "names of items");
  const german =
    "Kundennummer: k1\nRechnungsnummer: r1\nDatum: 2018-03-31\nVon: A\nAn: B\nNetto: 1\nGesamt: 1";
  t.same(read(`Gutschrift\n${german}`).reasons, ["credit_note"]);
  t.same(read(`${german}\nSkonto: 0,50`).reasons, ["unread_amount"]);
});

t.test("money that is in no field", async (t) => {
  const below = (text: string) => foot(`Amount: 7650\nTax: 500\nTotal: 8150\n${text}`);
  for (const text of [
    "Discount: 150\nNet payable: 8000",
    "Discount: 150",
    "Less Discount: (150.00)",
    "Less: Discount: 150",
    "Discount (5%): 407.50",
    "Discount: 5% 407.50",
    "Discount: -150",
    "Discount:\n150",
    "Shipping: Rs. 150",
    "Shipping: 8150",
    "Round off: 0.35",
    "Rounding\t-0.35",
    "Amount due: 9000",
    "Net Payable: 8.000",
    "Paid: 2000/-",
    "Phone: 12345    Freight: 100",
    "Deposit: 1O0",
  ]) {
    const reading = below(text);
    t.same(reading.reasons, ["unread_amount"], JSON.stringify(text));
    t.equal(reading.fields.total.value, "8150");
  }
  t.same(foot("Amount: 7650\nTax: 500\nTotal: 8150 Amount payable: 8300").reasons, ["unread_amount"]);
  t.match(below("Discount: 150\nNet payable: 8000").problems, [
    { line: 9, message: 'Discount: "150", and the Total is 8150' },
    { line: 10, message: 'Net Payable: "8000", and the Total is 8150' },
  ]);
  for (const text of [
    "Net payable: 8150",
    "Amount due: Rs. 8,150.00",
    "Balance due: 8.150",
    "Paid: (8150)",
    "Balance: 0",
    "Discount: 0.00",
    "Shipping: nil",
    "Discount: -",
    "Discount: 5%",
    "Deposit: none",
    "Paid: 31.03.2018",
    "Paid: by cheque 12345",
    "Phone: 12345",
    "PO Number: 881",
    "Terms: net 30 days",
    "Previous balance: 900",
    "IBAN: DE89 3704 0044 0532 0130 00",
    "Due Date: 30.04.2018",
    "Delivery Note: 5567",
  ]) {
    const { status, reasons } = below(text);
    t.equal(status, "accepted", `${text} ${reasons}`);
  }
  t.same(below(`${"Discount: 0\n".repeat(1_000)}Discount: 150`).reasons, ["unread_amount"]);
  t.same(below("Discount: £5").reasons, ["unread_amount"]);
  const between = read(
    invoice({ items: "Items\n1) Controller, 5000, 300\nDiscount: 0\n2) Damper, 2650, 200" }),
  );
  t.equal(between.status, "accepted", between.reasons.join());
});

t.test("several items on one line", async (t) => {
  const items = (text: string) => {
    const reading = read(invoice({ items: text }));
    return reading.reasons.length === 0 ? itemsOf(reading) : reading.reasons.join();
  };
  const two = ["Controller|5000|300", "Damper|2650|200"];
  t.same(items("Items: 1) Controller, 5000, 300 2) Damper, 2650, 200"), two);
  t.same(items("Items\n1) Controller, 5000, 300; 2) Damper, 2650, 200"), two);
  t.same(items("Items\n1. Controller, 5000, 300 2. Damper, 2650, 200"), two);
  t.same(items("Items\n(1) Controller, 5000, 300 (2) Damper, 2650, 200"), two);
  t.same(items("Items\n1) Controller,\n5000, 300 2) Damper,\n2650, 200"), two);
  t.same(items("Items: 1) A, 5000, 300 2) B, 2000, 100 3) C, 650, 100"), [
    "A|5000|300",
    "B|2000|100",
    "C|650|100",
  ]);
  for (const text of ["Controller, 5000, 300, 2) Damper", "Controller, 5000, 300 3) Damper"]) {
    const reading = read(invoice({ items: `Items: 1) ${text}, 2650, 200` }));
    t.same(reading.reasons, ["bad_item"], text);
    t.match(reading.problems, [{ message: "begin each item on a line of its own" }]);
    t.equal(reading.fields.total.standing, "confirmed");
    t.equal(outcome(reading, "item_prices_equal_amount"), "unchecked");
  }
  for (const name of ["Bolts, 12 (2) pcs", "Dial (rev. 2)", "Type X 2) phaser", "Bolt (see 2) below)"]) {
    t.same(items(`Items\n1) ${name}, 5000, 300\n2) Damper, 2650, 200`), [`${name}|5000|300`, two[1]], name);
  }
});
