import { useEffect, useState } from "preact/hooks";
import { ApiProblem } from "../api/problem.ts";
import { formatMoment } from "../format.ts";
import { linkTo } from "../router.ts";
import { usePage } from "../shell/context.ts";
import { Failure, Notice, Skeleton } from "../ui/notice.tsx";
import { SaveButton } from "../ui/save-button.tsx";
import { saveFrom } from "../ui/save-file.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { CHECK_WORDS, type Invoice } from "./invoice.ts";
import { InvoiceChecks } from "./invoice-checks.tsx";
import { InvoiceFields } from "./invoice-fields.tsx";
import { InvoiceItems } from "./invoice-items.tsx";
import { OriginalText } from "./original-text.tsx";
import "./invoice.css";

/** One invoice: what was read, and beside it the text that it was read from. */
const InvoiceView = ({ customerId, invoiceId }: { customerId: string; invoiceId: string }) => {
  const { api, live } = usePage();
  const path = `/v1/invoices/${encodeURIComponent(customerId)}/${encodeURIComponent(invoiceId)}`;
  const [loaded, reload] = useLoaded((signal) => api.get<Invoice>(path, { signal }), path);
  // A corrected file takes its place.
  useEffect(() => {
    const stopHearing = live.on("receipt", ({ receipt: { finishedAt, invoice } }) => {
      const isOfThis = invoice?.customerId === customerId && invoice.invoiceId === invoiceId;
      if (finishedAt !== null && isOfThis) reload();
    });
    const stopResetting = live.onReset(reload);
    return () => {
      stopHearing();
      stopResetting();
    };
  }, [live, customerId, invoiceId, reload]);
  const isUnknown =
    loaded.state === "failed" && loaded.error instanceof ApiProblem && loaded.error.status === 404;
  return (
    <>
      <div class="view-head">
        <h1>{invoiceId}</h1>
        <a class="button" href={linkTo(["invoices"])}>
          All invoices
        </a>
      </div>
      {loaded.state === "loading" && <Skeleton lines={12} label="Loading the invoice" />}
      {isUnknown && <Notice title="There is no such invoice" />}
      {loaded.state === "failed" && !isUnknown && <Failure error={loaded.error} retry={reload} />}
      {loaded.state === "ready" && <Reading invoice={loaded.value} />}
    </>
  );
};
export default InvoiceView;

/** A line of the text that something was read from, and whether the text should move there. */
export interface LitLine {
  readonly line: number;
  readonly isWanted: boolean;
}

/** A reason is the name of a check, or the code of a problem, which is explained where the problems stand. */
const inWords = (reason: string): string =>
  Object.entries(CHECK_WORDS).find(([name]) => name === reason)?.[1] ?? reason.replaceAll("_", " ");

const Reading = ({ invoice }: { invoice: Invoice }) => {
  const { api } = usePage();
  const [lit, setLit] = useState<LitLine>();
  const { customerId, invoiceId, status, layout, reasons, links } = invoice;
  return (
    <>
      <div class="invoice-line">
        <span class={`level ${status === "accepted" ? "level-ok" : "level-low"}`}>
          {status === "accepted" ? "✓ Accepted" : "▲ Quarantined"}
        </span>
        <span class="muted">
          Received {formatMoment(invoice.receivedAt)} ·{" "}
          <a href={linkTo(["uploads", invoice.uploadId])}>receipt</a>
        </span>
        <SaveButton
          name="Original"
          save={() => saveFrom(api, links.original, `${customerId}-${invoiceId}.txt`.replaceAll("/", "_"))}
        />
      </div>
      {reasons.length > 0 && (
        <p class="invoice-reasons muted">Quarantined. Failed: {reasons.map(inWords).join("; ")}.</p>
      )}
      <div class="invoice-sides">
        <div class="invoice-read">
          <InvoiceFields invoice={invoice} light={setLit} />
          <InvoiceChecks invoice={invoice} light={setLit} />
          <InvoiceItems invoice={invoice} light={setLit} />
          {layout && (
            <p class="hint">
              Read as {layout.name}: {layout.because}
            </p>
          )}
        </div>
        <OriginalText text={invoice.original} lit={lit} />
      </div>
    </>
  );
};
