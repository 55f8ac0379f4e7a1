import { decimalsOf, sumOf } from "./exact-decimal.ts";

/** A date's accepted invoices; amounts are exact decimals. */
export interface ExpenseRow {
  readonly date: string;
  readonly invoices: number;
  readonly amount: string;
  readonly tax: string;
  readonly total: string;
}

/** See `GET /v1/reports/expenses`. */
export interface Expenses {
  readonly engine: string;
  readonly rows: readonly ExpenseRow[];
}

export interface ExpenseTotals extends Omit<ExpenseRow, "date"> {
  /** The most that any of the amounts has, so that points stand below each other. */
  readonly decimals: number;
}

export const totalsOf = (rows: readonly ExpenseRow[]): ExpenseTotals => {
  const sum = (name: "amount" | "tax" | "total") => sumOf(rows.map((row) => row[name]));
  const [amount, tax, total] = [sum("amount"), sum("tax"), sum("total")];
  return {
    invoices: rows.reduce((count, row) => count + row.invoices, 0),
    amount,
    tax,
    total,
    decimals: Math.max(...[amount, tax, total].map(decimalsOf)),
  };
};

/** As a table of text, with its header. */
export const expenseRecords = (rows: readonly ExpenseRow[]): readonly (readonly string[])[] => [
  ["date", "invoices", "amount", "tax", "total"],
  ...rows.map(({ date, invoices, amount, tax, total }) => [date, String(invoices), amount, tax, total]),
];
