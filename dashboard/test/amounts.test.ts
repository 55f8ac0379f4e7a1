import { test } from "tap";
import { datePresets } from "../src/invoices/date-presets.ts";
import { formatAmount, sumOf } from "../src/invoices/exact-decimal.ts";
import { expenseRecords, totalsOf } from "../src/invoices/expenses.ts";
import { toCell, toCsv } from "../src/invoices/to-csv.ts";

test("sums lose no digit", async (t) => {
  t.equal(sumOf(["0.1", "0.2"]), "0.3");
  t.equal(sumOf(["999999999999.9999", "0.0001"]), "1000000000000.0000");
  t.equal(sumOf(["12345678901234567890.12", "1"]), "12345678901234567891.12");
  t.equal(sumOf(["-0.05", "0.03"]), "-0.02");
  t.equal(sumOf(["5", "-7"]), "-2");
  t.equal(sumOf([]), "0");
  t.throws(() => sumOf(["1e3"]), RangeError);
  t.throws(() => sumOf([""]), RangeError);
});

test("amounts are written in the reader's language with every digit", async (t) => {
  t.equal(formatAmount("12345678901234567890.1234", 0, "en"), "12,345,678,901,234,567,890.1234");
  t.equal(formatAmount("7650.50", 0, "de"), "7.650,50");
  t.equal(formatAmount("7650", 2, "en"), "7,650.00");
  t.equal(formatAmount("-0.5", 2, "en"), "-0.50");
  t.equal(formatAmount("no amount", 0, "en"), "no amount");
});

test("a report's totals are the exact sums of its rows", async (t) => {
  const rows = [
    { date: "2018-03-31", invoices: 2, amount: "7650.10", tax: "500", total: "8150.10" },
    { date: "2018-04-01", invoices: 1, amount: "0.2025", tax: "0", total: "0.2025" },
  ];
  t.strictSame(totalsOf(rows), {
    invoices: 3,
    amount: "7650.3025",
    tax: "500",
    total: "8150.3025",
    decimals: 4,
  });
  t.equal(
    toCsv(expenseRecords(rows)),
    "date,invoices,amount,tax,total\r\n2018-03-31,2,7650.10,500,8150.10\r\n2018-04-01,1,0.2025,0,0.2025\r\n",
  );
});

test("a cell is neither broken nor run as a formula", async (t) => {
  t.equal(toCell("-12.50"), "-12.50", "a negative amount stays a number");
  t.equal(toCell("=1+1"), "'=1+1");
  t.equal(toCell("+1"), "'+1");
  t.equal(toCell("@SUM(A1)"), "'@SUM(A1)");
  t.equal(toCell("-1+cmd|'/c calc'!A1"), "'-1+cmd|'/c calc'!A1");
  t.equal(toCell('a "b", c'), '"a ""b"", c"');
  t.equal(toCell("\t=1"), "'\t=1");
  t.equal(toCell("two\nlines"), '"two\nlines"');
});

test("ranges follow the reader's calendar", async (t) => {
  const named = (today: Date) =>
    Object.fromEntries(datePresets(today).map(({ name, range }) => [name, range]));
  t.match(named(new Date(2024, 1, 29, 23, 59)), {
    "This month": { from: "2024-02-01", to: "2024-02-29" },
    "Last 3 months": { from: "2023-12-01", to: "2024-02-29" },
    "This year": { from: "2024-01-01", to: "2024-12-31" },
    All: { from: undefined, to: undefined },
  });
});
