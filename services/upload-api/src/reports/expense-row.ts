import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatDecimal } from "@stockwire/contracts/decimal";
import { type Static, Type } from "typebox";
import { parseDecimal } from "./exact-decimal.ts";

const amount = (description: string) => Type.String({ description: `${description}: an exact decimal` });

export const ExpenseRow = Type.Object({
  date: Type.String({ format: "date" }),
  invoices: Type.Integer({ description: "accepted invoices of this date" }),
  amount: amount("before tax"),
  tax: amount("tax"),
  total: amount("with tax"),
});
export type ExpenseRow = Static<typeof ExpenseRow>;

/** The one query that both engines run; answers rows of five texts for `toExpenseRow`. */
export const EXPENSES_SQL = readFileSync(join(import.meta.dirname, "expenses.sql"), "utf8");

/** @param cells as the query answers them: date, invoices, amount, tax, total */
export const toExpenseRow = (cells: readonly (string | undefined)[]): ExpenseRow => {
  const [date = "", invoices = "", ...amounts] = cells;
  const [before = "", tax = "", total = ""] = amounts.map((cell = "") => formatDecimal(parseDecimal(cell)));
  return { date, invoices: Number(invoices), amount: before, tax, total };
};
