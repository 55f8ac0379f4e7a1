import type { InvoiceReading } from "@stockwire/contracts/invoice";
import { parseInvoice } from "../../src/parse-invoice.ts";
import { linesOf } from "../../src/text/lines.ts";
import { layouts } from "../helpers.ts";

const TODAY = "2026-01-15";

const ensure = (holds: boolean, what: string, ...details: unknown[]): void => {
  if (!holds) throw new Error([what, ...details.map((detail) => JSON.stringify(detail))].join("\n"));
};

/** Everything that must hold for any bytes. Throws what does not; so does a reader that throws. */
export const checkInvoice = (bytes: Buffer): void => {
  const reading = parseInvoice(bytes, layouts, TODAY);
  const again = parseInvoice(Buffer.from(bytes), layouts, TODAY);
  ensure(JSON.stringify(reading) === JSON.stringify(again), "two readings of the same bytes", reading, again);
  checkStatus(reading);
  if (reading.layout !== null) checkAmounts(reading, bytes);
};

const checkStatus = (reading: InvoiceReading): void => {
  const { status, reasons, problems, checks } = reading;
  const hasFailed = checks.some(({ outcome }) => outcome === "failed");
  if (status === "accepted") {
    ensure(reasons.length === 0 && problems.length === 0 && !hasFailed, "accepted in spite of", reading);
  } else ensure(reasons.length > 0, "not accepted, and nobody says why", reading);
  ensure(problems.length <= 100 && reading.notes.length <= 100, "findings without end");
};

/** `1` to `9` and what stands between them: what every way of writing one amount has in common. */
const significant = (value: string): string => {
  const [units = "", decimals = ""] = value.split(".");
  return (units + decimals.replace(/0+$/, "")).replace(/^0+/, "");
};

/** Every amount that is read stands in the file where it says, digit by digit. */
const checkAmounts = ({ fields, items }: InvoiceReading, bytes: Buffer): void => {
  const text = bytes
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .normalize("NFC");
  const lines = [...linesOf(text)].map(({ start, end }) => text.slice(start, end).replace(/[^0-9]/g, ""));
  /** The digits of a line and of some behind it: a figure may stand below its label. */
  const digits = (line: number, last = line + 2): string => lines.slice(line - 1, last).join("");
  const stands = (what: string, value: string | null, from: number | null, last?: number): void => {
    if (value === null) return;
    ensure(from !== null && from >= 1 && from <= lines.length, "a line that is not there", what, from);
    const found = digits(from ?? 1, last);
    ensure(found.includes(significant(value)), `an amount that nobody wrote: ${what}`, value, found);
  };
  for (const name of ["amount", "tax", "total"] as const) {
    const { value, line, parts } = fields[name];
    if (parts === undefined || parts.length === 0) stands(name, value, line);
    for (const part of parts ?? []) stands(`${name}: ${part.label}`, part.value, part.line);
  }
  for (const [index, { line, price, tax }] of items.entries()) {
    const last = items[index + 1]?.line ?? lines.length;
    stands(`price of item ${index + 1}`, price, line, last);
    stands(`tax of item ${index + 1}`, tax, line, last);
  }
};
