import { useMemo } from "preact/hooks";
import { formatCount, formatDay } from "../format.ts";
import { linkTo, route } from "../router.ts";
import { maySeeInvoices } from "../session/caller.ts";
import { usePage } from "../shell/context.ts";
import { Chart, type ChartLine } from "../ui/chart.tsx";
import { Failure, Notice, Skeleton } from "../ui/notice.tsx";
import { SaveButton } from "../ui/save-button.tsx";
import { saveBlob } from "../ui/save-file.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import type { DateRange } from "./date-presets.ts";
import { formatAmount } from "./exact-decimal.ts";
import { ExpenseTable } from "./expense-table.tsx";
import { type Expenses, type ExpenseTotals, expenseRecords, totalsOf } from "./expenses.ts";
import { RangeTools } from "./range-tools.tsx";
import { toCsv } from "./to-csv.ts";
import "./invoices.css";
import "./expenses.css";

/** What the accepted invoices add up to, date by date. */
const ExpensesView = () => {
  const { caller } = usePage();
  const { query } = route.value;
  const range = { from: query.get("from") || undefined, to: query.get("to") || undefined };
  if (!maySeeInvoices(caller)) return <Notice title="Expenses are for those who may see every store" />;
  return (
    <>
      <div class="view-head">
        <h1>Expenses</h1>
        <a class="button" href={linkTo(["invoices"])}>
          Invoices
        </a>
      </div>
      <RangeTools key={`${range.from} ${range.to}`} range={range} />
      <Report range={range} />
    </>
  );
};
export default ExpensesView;

const Report = ({ range }: { range: DateRange }) => {
  const { api } = usePage();
  const [loaded, reload] = useLoaded(
    (signal) => api.get<Expenses>("/v1/reports/expenses", { query: { ...range }, signal }),
    `${range.from} ${range.to}`,
  );
  if (loaded.state === "loading") return <Skeleton lines={9} label="Adding the invoices up" />;
  if (loaded.state === "failed") return <Failure error={loaded.error} retry={reload} />;
  const { rows, engine } = loaded.value;
  if (rows.length === 0) return <Notice title="No accepted invoices of these dates" />;
  return <Shown report={loaded.value} range={range} engine={engine} />;
};

const Shown = ({ report, range, engine }: { report: Expenses; range: DateRange; engine: string }) => {
  const totals = useMemo(() => totalsOf(report.rows), [report]);
  const save = async (): Promise<void> => {
    const text = toCsv(expenseRecords(report.rows));
    const name = ["stockwire-expenses", range.from, range.to].filter(Boolean).join("-");
    saveBlob(new Blob([text], { type: "text/csv;charset=utf-8" }), `${name}.csv`);
  };
  return (
    <>
      <Totals totals={totals} />
      <section class="card expense-chart" aria-labelledby="by-date">
        <h2 id="by-date">Total by date</h2>
        <ExpenseChart report={report} totals={totals} />
      </section>
      <section aria-labelledby="expense-table">
        <div class="expense-head">
          <h2 id="expense-table">By date</h2>
          <SaveButton name="Download CSV" save={save} />
        </div>
        <ExpenseTable rows={report.rows} totals={totals} />
        <p class="hint expense-note">
          Added up exactly by {engine}. What an invoice does not state counts 0, and the report does not tell
          currencies apart.
        </p>
      </section>
    </>
  );
};

const Totals = ({ totals }: { totals: ExpenseTotals }) => (
  <dl class="expense-totals">
    <div class="expense-total">
      <dt>Invoices</dt>
      <dd>{formatCount(totals.invoices)}</dd>
    </div>
    {(["amount", "tax", "total"] as const).map((name) => (
      <div key={name} class="expense-total">
        <dt>{{ amount: "Amount", tax: "Tax", total: "Total" }[name]}</dt>
        <dd>{formatAmount(totals[name], totals.decimals)}</dd>
      </div>
    ))}
  </dl>
);

const LINES: readonly ChartLine[] = [{ kind: "bars", colour: "--accent" }];
const HEIGHT = 240;

/** Drawn from rounded figures; every figure that is told is exact. */
const ExpenseChart = ({ report, totals }: { report: Expenses; totals: ExpenseTotals }) => {
  const { rows } = report;
  const data = useMemo(
    () => ({
      moments: rows.map(({ date }) => Date.parse(`${date}T00:00:00Z`)),
      ys: [rows.map(({ total }) => Number(total))],
    }),
    [rows],
  );
  const describe = (index: number): string => {
    const row = rows[index];
    return row ? `${formatDay(row.date)}: ${formatAmount(row.total, totals.decimals)}` : "";
  };
  const [first, last] = [rows[0]?.date ?? "", rows.at(-1)?.date ?? ""];
  const label =
    `Total by date, ${formatCount(rows.length)} dates from ${formatDay(first)} to ${formatDay(last)}, ` +
    `${formatAmount(totals.total, totals.decimals)} together; the table below has every figure`;
  return <Chart label={label} data={data} lines={LINES} height={HEIGHT} isByDay describe={describe} />;
};
