import { formatDecimal } from "@stockwire/contracts/decimal";
import t from "tap";
import { readAmount } from "../src/parse/read-amount.ts";
import { layouts } from "./helpers.ts";

const names = layouts[0]?.currencyNames ?? new Map<string, string[]>();
const say = (text: string, decimal: "." | "," | null = null): string => {
  const reading = readAmount(text, decimal, names);
  if (reading.kind === "exact") return formatDecimal(reading.value);
  if (reading.kind === "ambiguous")
    return `${formatDecimal(reading.point)} or ${formatDecimal(reading.comma)}`;
  return reading.code;
};

t.test("amounts that can only be meant in one way", async (t) => {
  const table: Record<string, string> = {
    "7650": "7650",
    "0": "0",
    "007650": "7650",
    "7,650.00": "7650",
    "7.650,00": "7650",
    "7 650": "7650",
    "7 650,50": "7650.50",
    "7\u00a0650.5": "7650.50",
    "7\u202f650,25": "7650.25",
    "7'650.00": "7650",
    "7\u2019650.00": "7650",
    "1,00,000": "100000",
    "12,34,567.89": "1234567.89",
    "1.234.567": "1234567",
    "1,234,567.1234": "1234567.1234",
    "0.650": "0.65",
    "0,125": "0.125",
    "7650.125": "7650.125",
    "7,65": "7.65",
    "7.6": "7.60",
    "1000000000000": "1000000000000",
    "999,999,999,999.9999": "999999999999.9999",
    "₹7,650.00": "7650",
    "$ 7650": "7650",
    "Rs. 7650/-": "7650",
    "INR 7,650.00": "7650",
    "7650 INR": "7650",
    "US$ 7650": "7650",
    "Space Rupees 7650": "7650",
    "€7.650,-": "7650",
    "Rs. 7,650/-": "7650",
    "Rs.7650.50/-": "7650.50",
    "7650.": "7650",
    "7650,": "7650",
  };
  for (const [text, expected] of Object.entries(table)) t.equal(say(text), expected, text);
});

t.test("one separator before exactly three digits is ambiguous, unless the layout decides", async (t) => {
  t.equal(say("7.650"), "7.65 or 7650");
  t.equal(say("7,650"), "7650 or 7.65");
  t.equal(say("100,000"), "100000 or 100");
  t.equal(say("7.650", "."), "7.65");
  t.equal(say("7.650", ","), "7650");
  t.equal(say("7,650", "."), "7650");
  t.equal(say("7,650", ","), "7.65");
});

t.test("what is no amount is refused, never repaired", async (t) => {
  for (const text of [
    "",
    "abc",
    "-5",
    "\u22125",
    "(500)",
    "5-6",
    "7,650,00",
    "1,2345,678",
    "7,,650",
    ".50",
    "$.50",
    "Rs. .50",
    ", 50",
    "8I50",
    "500 CR",
    "500-",
    "9%",
    "7. 650",
    "7 6 5 0",
    "1.23456",
    "7650 kg",
    "7650 8150",
    "1e3",
    "0x10",
    "１２",
    "٧٦٥٠",
    "7\u200b650",
    "Rs 5 Rs 6",
    "9".repeat(60),
  ]) {
    t.equal(say(text), "bad_amount", JSON.stringify(text));
  }
  t.equal(say("1000000000000.01"), "amount_out_of_range");
  t.equal(say("1000000000001"), "amount_out_of_range");
});

t.test("no figure is ever a floating-point number", async (t) => {
  t.equal(say("0.1"), "0.10");
  t.equal(say("999999999999.99"), "999999999999.99");
  t.equal(say("9007199254.7409"), "9007199254.7409");
});
