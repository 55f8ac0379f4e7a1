import { lazy, Suspense } from "preact/compat";
import { linkTo, route } from "../router.ts";
import { maySeeInvoices } from "../session/caller.ts";
import { usePage } from "../shell/context.ts";
import { Notice, Skeleton } from "../ui/notice.tsx";
import { ExportInvoices } from "./export-invoices.tsx";
import { InvoiceFilter } from "./invoice-filter.tsx";
import { InvoiceList } from "./invoice-list.tsx";
import "./invoices.css";

const InvoiceView = lazy(() => import("./invoice-view.tsx"));

/** The invoices that came in, or one of them. */
const InvoicesView = () => {
  const { caller } = usePage();
  const { parts, query } = route.value;
  const [, customerId, invoiceId] = parts;
  if (!maySeeInvoices(caller)) return <Notice title="Invoices are for those who may see every store" />;
  if (customerId !== undefined && invoiceId !== undefined) {
    return (
      <Suspense fallback={<Skeleton lines={10} />}>
        <InvoiceView customerId={customerId} invoiceId={invoiceId} />
      </Suspense>
    );
  }
  const customer = query.get("customer") || undefined;
  const asked = query.get("status");
  const status = asked === "quarantined" || asked === "accepted" ? asked : undefined;
  return (
    <>
      <div class="view-head">
        <h1>Invoices</h1>
        <a class="button" href={linkTo(["expenses"])}>
          Expenses by date
        </a>
      </div>
      <InvoiceFilter key={customer} customer={customer} status={status} />
      {status !== "accepted" && <InvoiceList status="quarantined" customer={customer} />}
      {status !== "quarantined" && <InvoiceList status="accepted" customer={customer} />}
      <ExportInvoices />
    </>
  );
};
export default InvoicesView;
