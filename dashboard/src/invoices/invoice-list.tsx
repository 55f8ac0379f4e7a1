import type { InvoiceStatus } from "@stockwire/contracts/invoice";
import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api/client.ts";
import type { Page } from "../api/walk-pages.ts";
import { formatDay } from "../format.ts";
import { linkTo } from "../router.ts";
import { usePage } from "../shell/context.ts";
import { Failure, Skeleton } from "../ui/notice.tsx";
import { Ago } from "../ui/time.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { formatAmount } from "./exact-decimal.ts";
import type { InvoiceSummary } from "./invoice.ts";

const STEP = 50;
const TITLES: Readonly<Record<InvoiceStatus, string>> = { quarantined: "Quarantined", accepted: "Accepted" };

/** The newest `wanted` invoices. A page can be short and still not be the last one. */
const loadNewest = async (
  api: Api,
  query: { readonly status: InvoiceStatus; readonly customer: string | undefined },
  wanted: number,
  signal: AbortSignal,
): Promise<{ readonly invoices: readonly InvoiceSummary[]; readonly hasMore: boolean }> => {
  const invoices: InvoiceSummary[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(wanted - invoices.length, 1_000);
    const page: Page<InvoiceSummary> = await api.get("/v1/invoices", {
      query: { ...query, limit, cursor },
      signal,
    });
    invoices.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined && invoices.length < wanted);
  return { invoices, hasMore: cursor !== undefined };
};

/** Invoices of one status, newest first; asked for anew when one comes in. */
export const InvoiceList = ({
  status,
  customer,
}: {
  status: InvoiceStatus;
  customer: string | undefined;
}) => {
  const { api, live } = usePage();
  const [wanted, setWanted] = useState(STEP);
  const [loaded, reload] = useLoaded(
    (signal) => loadNewest(api, { status, customer }, wanted, signal),
    customer ?? "",
  );
  useEffect(() => {
    if (wanted > STEP) reload();
  }, [wanted, reload]);
  useEffect(() => {
    const stopHearing = live.on("receipt", ({ receipt }) => {
      if (receipt.invoice !== null) reload();
    });
    const stopResetting = live.onReset(reload);
    return () => {
      stopHearing();
      stopResetting();
    };
  }, [live, reload]);
  const id = `invoices-${status}`;
  return (
    <section class="invoice-section" aria-labelledby={id}>
      <h2 id={id}>{TITLES[status]}</h2>
      {loaded.state === "ready" && loaded.value.invoices.length === 0 && <p class="muted">None.</p>}
      {status === "quarantined" && loaded.state === "ready" && loaded.value.invoices.length > 0 && (
        <p class="muted">
          Kept, but neither exported nor in the report, until a corrected file with the same ids comes.
        </p>
      )}
      {loaded.state === "loading" && (
        <Skeleton lines={status === "quarantined" ? 3 : 8} label="Loading invoices" />
      )}
      {loaded.state === "failed" && <Failure error={loaded.error} retry={reload} />}
      {loaded.state === "ready" && loaded.value.invoices.length > 0 && (
        <>
          <InvoiceTable invoices={loaded.value.invoices} labelledBy={id} />
          {loaded.value.hasMore && (
            <p class="invoice-more">
              <button type="button" onClick={() => setWanted(wanted + 2 * STEP)}>
                Load more
              </button>
            </p>
          )}
        </>
      )}
    </section>
  );
};

const InvoiceTable = ({
  invoices,
  labelledBy,
}: {
  invoices: readonly InvoiceSummary[];
  labelledBy: string;
}) => (
  <div class="table-wrap">
    <table class="invoices" aria-labelledby={labelledBy}>
      <thead>
        <tr>
          <th scope="col">Invoice</th>
          <th scope="col">From</th>
          <th scope="col">Date</th>
          <th scope="col" class="number">
            Amount
          </th>
          <th scope="col" class="number">
            Tax
          </th>
          <th scope="col" class="number">
            Total
          </th>
          <th scope="col">Received</th>
        </tr>
      </thead>
      <tbody>
        {invoices.map(({ customerId, invoiceId, ...one }) => (
          <tr key={`${customerId}/${invoiceId}`}>
            <th scope="row" class="invoice-id">
              <a href={linkTo(["invoices", customerId, invoiceId])}>{invoiceId}</a>
              <a class="invoice-customer" href={linkTo(["invoices"], { customer: customerId })}>
                {customerId}
              </a>
            </th>
            <td class="invoice-from">{one.from ?? "–"}</td>
            <td class="invoice-date">{one.date === null ? "–" : formatDay(one.date)}</td>
            <td class="number invoice-part">{shown(one.amount)}</td>
            <td class="number invoice-part">{shown(one.tax)}</td>
            <td class="number">{shown(one.total)}</td>
            <td class="muted invoice-part">
              <Ago at={one.receivedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const shown = (amount: string | null): string => (amount === null ? "–" : formatAmount(amount));
