import { EARLIEST_INVOICE_DATE } from "@stockwire/contracts/invoice";
import { Type } from "typebox";
import { invalidRequest } from "../errors/api-error.ts";

/** ISO dates, both included. */
export interface DateRange {
  readonly from: string;
  readonly to: string;
}

const isoDate = (description: string) => Type.Optional(Type.String({ format: "date", description }));

/** Query parameters; the format refuses dates that do not exist. */
export const dateRangeParameters = {
  from: isoDate(`first date, included; default ${EARLIEST_INVOICE_DATE}`),
  to: isoDate("last date, included; default a year from today"),
};

/**
 * The range that a caller asks for; the default is every date that an invoice can have.
 * @throws invalid_request when `from` is after `to`
 */
export const dateRangeOf = ({ from, to }: Partial<DateRange>, now = new Date()): DateRange => {
  if (from !== undefined && to !== undefined && from > to) {
    throw invalidRequest(`The query parameter from (${from}) is after to (${to}).`);
  }
  return { from: from ?? EARLIEST_INVOICE_DATE, to: to ?? aYearFrom(now) };
};

const aYearFrom = (now: Date): string => {
  const day = new Date(now);
  day.setUTCFullYear(day.getUTCFullYear() + 1);
  return day.toISOString().slice(0, 10);
};
