import type { Receipt } from "@stockwire/contracts/receipt";
import { formatCount } from "../format.ts";
import { explainError } from "./explanations.ts";

/** How it went, for its colour. */
export type Tone = "running" | "good" | "mixed" | "bad" | "plain";

export const toneOf = ({ status, rows }: Receipt): Tone => {
  if (status === "received" || status === "loading") return "running";
  if (status === "loaded") return "good";
  if (status === "partial") return "mixed";
  if (status === "validated") return rows.rejected > 0 ? "mixed" : "good";
  return status === "duplicate" ? "plain" : "bad";
};

export const STATUS_WORDS: Readonly<Record<Receipt["status"], string>> = {
  received: "Received",
  loading: "Loading",
  loaded: "Loaded",
  partial: "Partly loaded",
  rejected: "Rejected",
  duplicate: "Duplicate",
  conflict: "Conflict",
  validated: "Dry run",
  failed: "Failed",
};

const rowsOf = (count: number): string => `${formatCount(count)} ${count === 1 ? "row" : "rows"}`;
const itemsOf = (count: number): string => `${formatCount(count)} ${count === 1 ? "item" : "items"}`;

/** What happened, in a sentence or two. */
export const summarise = (receipt: Receipt): string => {
  const { status, rows, kind } = receipt;
  switch (status) {
    case "received":
      return "The file is stored and waits to be loaded.";
    case "loading":
      return rows.read > 0 ? `${rowsOf(rows.read)} so far.` : "The file is being read.";
    case "duplicate":
      return `The same bytes were sent before${kind === "invoice" ? "" : " and no other file came in between"}: nothing was changed.`;
    case "conflict":
      return "Another invoice stands under its number: nothing was changed.";
    case "failed":
      return summariseFailure(receipt);
    case "rejected":
      return `${explainError(kind, receipt.error?.code ?? "")?.what ?? "Nothing in it could be used"}: nothing was changed.`;
    case "validated":
      return summariseDryRun(receipt);
    default:
      return kind === "invoice" ? summariseInvoice(receipt) : summariseLoad(receipt);
  }
};

/** Some causes are the file's own or end it at the first attempt; what is to be done about them stands beside. */
const summariseFailure = ({ kind, error }: Receipt): string => {
  const known = explainError(kind, error?.code ?? "");
  return known
    ? `${known.what}: it was not loaded to its end.`
    : "Loading failed five times for reasons other than the file. It is kept, and an operator brings it back: do not send it again.";
};

const summariseDryRun = ({ rows }: Receipt): string =>
  `Nothing was changed. A load would write ${rowsOf(rows.written)} of ${formatCount(rows.read)}${
    rows.rejected > 0 ? ` and reject ${formatCount(rows.rejected)}` : ""
  }.`;

const summariseInvoice = ({ invoice, status }: Receipt): string => {
  const number = invoice?.invoiceId ? `Invoice ${invoice.invoiceId}` : "The invoice";
  return status === "loaded"
    ? `${number} was read and accepted.`
    : `${number} was read and is quarantined: it is kept, but not counted, until a corrected file comes.`;
};

const summariseLoad = ({ mode, rows, retired }: Receipt): string => {
  if (mode === "undo") {
    const kept =
      rows.stale > 0
        ? `; ${itemsOf(rows.stale)} ${rows.stale === 1 ? "stays as it is" : "stay as they are"}: a later upload has touched ${rows.stale === 1 ? "it" : "them"}`
        : "";
    return `${itemsOf(rows.written)} put back or removed${kept}.`;
  }
  const accepted = rows.read - rows.rejected;
  // What a newer file had decided did not load, though nothing is wrong with it.
  const verb = rows.stale > 0 ? "accepted" : "loaded";
  const first =
    rows.rejected > 0
      ? `${formatCount(accepted)} of ${rowsOf(rows.read)} ${verb}; ${formatCount(rows.rejected)} rejected.`
      : `${rows.read === 1 ? "The row was" : `All ${rowsOf(rows.read)} were`} ${verb}.`;
  const stale = rows.stale > 0 ? ` For ${itemsOf(rows.stale)} a newer file had decided.` : "";
  const changed = rows.written === 0 ? " No count changed." : "";
  const gone =
    retired > 0 ? ` ${itemsOf(retired)} that the file omits ${retired === 1 ? "was" : "were"} retired.` : "";
  return `${first}${stale}${changed}${gone}`;
};
