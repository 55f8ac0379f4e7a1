import type { Receipt } from "@stockwire/contracts/receipt";
import { ApiProblem } from "../api/problem.ts";
import { formatBytes, formatMoment } from "../format.ts";
import { linkTo, route } from "../router.ts";
import { mayRead, maySeeInvoices } from "../session/caller.ts";
import { usePage } from "../shell/context.ts";
import { Failure, Notice, Skeleton } from "../ui/notice.tsx";
import { Ago } from "../ui/time.tsx";
import { ChangesTable } from "./changes-table.tsx";
import { DownloadButton } from "./download-button.tsx";
import { explainError, explainWarning } from "./explanations.ts";
import { LoadNow } from "./load-now.tsx";
import { isFinal } from "./receipts.ts";
import { RejectedRows } from "./rejected-rows.tsx";
import { RowsBar } from "./rows-bar.tsx";
import { StatusBadge } from "./status-badge.tsx";
import { summarise, toneOf } from "./summarise.ts";
import { UndoButton } from "./undo-button.tsx";
import { useReceipt } from "./use-receipt.ts";
import "./send.css";

/** What became of one file. */
const UploadRoute = () => {
  const [, uploadId = ""] = route.value.parts;
  return <UploadView key={uploadId} uploadId={uploadId} />;
};
export default UploadRoute;

const UploadView = ({ uploadId }: { uploadId: string }) => {
  const { receipt, error, retry } = useReceipt(uploadId);
  const isUnknown = error instanceof ApiProblem && error.status === 404;
  return (
    <>
      <p class="upload-back">
        <a href={linkTo(["send"])}>All files</a>
      </p>
      <div class="view-head">
        <h1>{receipt?.filename ?? "Upload"}</h1>
        {receipt && <StatusBadge receipt={receipt} />}
      </div>
      {isUnknown && <Notice title="There is no such upload, or your key may not see it" />}
      {error !== undefined && !isUnknown && <Failure error={error} retry={retry} />}
      {!receipt && error === undefined && <Skeleton lines={6} label="Loading the receipt" />}
      {receipt && <ReceiptBody receipt={receipt} />}
    </>
  );
};

const ReceiptBody = ({ receipt }: { receipt: Receipt }) => {
  const { links, filename } = receipt;
  return (
    <>
      <section class={`card upload-outcome outcome-${toneOf(receipt)}`} aria-label="Outcome">
        <p class="upload-sentence" role="status">
          {summarise(receipt)}
        </p>
        <Fault receipt={receipt} />
        <RowsBar receipt={receipt} />
        <Relations receipt={receipt} />
        {isFinal(receipt.status) && (
          <div class="upload-actions">
            <LoadNow receipt={receipt} />
            {receipt.mode !== "undo" && (
              <DownloadButton path={links.file} filename={filename} name="Download the file" />
            )}
            <UndoButton receipt={receipt} />
          </div>
        )}
      </section>
      <Warnings receipt={receipt} />
      <RejectedRows receipt={receipt} />
      {links.changes && isFinal(receipt.status) && <ChangesTable receipt={receipt} path={links.changes} />}
      <Facts receipt={receipt} />
    </>
  );
};

/** Why the whole file did not load, or why an invoice is quarantined. */
const Fault = ({ receipt: { error, kind, invoice } }: { receipt: Receipt }) => {
  const known = error ? explainError(kind, error.code) : undefined;
  const problems = invoice?.problems ?? [];
  return (
    <>
      {error && (
        <div class="error">
          {known && <p>{known.fix}</p>}
          <p class={known ? "upload-message" : ""}>{error.message}</p>
        </div>
      )}
      {problems.length > 0 && (
        <ul class="upload-problems">
          {problems.map(({ code, line, message }, index) => (
            <li key={`${code} ${index}`}>
              {line !== null && <strong>Line {line}: </strong>}
              {message}
            </li>
          ))}
        </ul>
      )}
    </>
  );
};

const Relations = ({ receipt: { duplicateOf, undoOf, invoice } }: { receipt: Receipt }) => {
  const { caller } = usePage();
  const isKept = invoice !== null && invoice.status !== "rejected";
  return (
    <>
      {duplicateOf !== null && (
        <p>
          It has the same bytes as <a href={linkTo(["uploads", duplicateOf])}>this earlier upload</a>.
        </p>
      )}
      {undoOf !== null && (
        <p>
          It undoes <a href={linkTo(["uploads", undoOf])}>this upload</a>.
        </p>
      )}
      {isKept && invoice.customerId !== null && invoice.invoiceId !== null && maySeeInvoices(caller) && (
        <p>
          <a href={linkTo(["invoices", invoice.customerId, invoice.invoiceId])}>
            Open invoice {invoice.invoiceId} of {invoice.customerId}
          </a>
        </p>
      )}
    </>
  );
};

const Warnings = ({ receipt: { warnings } }: { receipt: Receipt }) => {
  if (warnings.length === 0) return null;
  return (
    <section aria-labelledby="warnings-title" class="upload-part">
      <h2 id="warnings-title">Warnings</h2>
      <ul class="upload-warnings">
        {warnings.map(({ code, line, message }, index) => (
          <li key={`${code} ${index}`}>
            {line !== undefined && <strong>Line {line}: </strong>}
            {message}. <span class="muted">{explainWarning(code)?.fix}</span>
          </li>
        ))}
      </ul>
    </section>
  );
};

const MODES: Readonly<Record<Receipt["mode"], string>> = {
  load: "Load",
  replace: "Replace the stock of its stores",
  validate: "Dry run",
  undo: "Undo",
};

const Facts = ({ receipt }: { receipt: Receipt }) => {
  const { caller } = usePage();
  const { store, kind, mode, bytes, receivedAt, startedAt, finishedAt, sha256, uploadId } = receipt;
  return (
    <section aria-labelledby="facts-title" class="upload-part card">
      <h2 id="facts-title">About this upload</h2>
      <dl class="facts">
        <dt>Kind</dt>
        <dd>{kind === "invoice" ? "Invoice" : "Inventory"}</dd>
        {kind === "inventory" && (
          <>
            <dt>Asked for</dt>
            <dd>{MODES[mode]}</dd>
            <dt>Store</dt>
            <dd>
              {store === null ? (
                "Several, or not known"
              ) : mayRead(caller) ? (
                <a href={linkTo(["stores", store])}>{store}</a>
              ) : (
                store
              )}
            </dd>
          </>
        )}
        <dt>Size</dt>
        <dd>{formatBytes(bytes)}</dd>
        <dt>Received</dt>
        <dd>
          {formatMoment(receivedAt)} (<Ago at={receivedAt} />)
        </dd>
        {startedAt !== null && (
          <>
            <dt>Begun</dt>
            <dd>{formatMoment(startedAt)}</dd>
          </>
        )}
        {finishedAt !== null && (
          <>
            <dt>Ended</dt>
            <dd>{formatMoment(finishedAt)}</dd>
          </>
        )}
        <dt>SHA-256</dt>
        <dd>
          <code>{sha256 ?? "not known yet"}</code>
        </dd>
        <dt>Upload</dt>
        <dd>
          <code>{uploadId}</code>
        </dd>
      </dl>
    </section>
  );
};
