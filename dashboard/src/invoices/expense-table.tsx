import { formatCount, formatDay } from "../format.ts";
import { formatAmount } from "./exact-decimal.ts";
import type { ExpenseRow, ExpenseTotals } from "./expenses.ts";

/** A row for each date, and the sums. */
export const ExpenseTable = ({ rows, totals }: { rows: readonly ExpenseRow[]; totals: ExpenseTotals }) => {
  const shown = (amount: string) => formatAmount(amount, totals.decimals);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <section class="table-wrap" tabIndex={0} aria-label="Expenses by date">
      <table class="expense-table" aria-labelledby="expense-table">
        <thead>
          <tr>
            <th scope="col">Date</th>
            <th scope="col" class="number">
              Invoices
            </th>
            <th scope="col" class="number expense-part">
              Amount
            </th>
            <th scope="col" class="number expense-part">
              Tax
            </th>
            <th scope="col" class="number">
              Total
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ date, invoices, amount, tax, total }) => (
            <tr key={date}>
              <th scope="row">{formatDay(date)}</th>
              <td class="number">{formatCount(invoices)}</td>
              <td class="number expense-part">{shown(amount)}</td>
              <td class="number expense-part">{shown(tax)}</td>
              <td class="number">{shown(total)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Together</th>
            <td class="number">{formatCount(totals.invoices)}</td>
            <td class="number expense-part">{shown(totals.amount)}</td>
            <td class="number expense-part">{shown(totals.tax)}</td>
            <td class="number">{shown(totals.total)}</td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
};
