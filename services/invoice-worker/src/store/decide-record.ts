import type { InvoiceItem } from "@stockwire/contracts/items";

/** What of an invoice decides whether it may stand under its ids. */
export type Candidate = Pick<InvoiceItem, "UploadId" | "Version" | "Sha256" | "Status">;

/**
 * - `write`: nothing stands in the way; what is `replaced` must still be there unchanged
 * - `own`: an earlier attempt of this very upload has written it
 * - `duplicate`: the same bytes stand there already
 * - `conflict`: other bytes stand there, and stay
 */
export type RecordDecision =
  | { readonly action: "write"; readonly replaces: InvoiceItem | undefined }
  | { readonly action: "own" | "duplicate" | "conflict"; readonly standing: InvoiceItem };

/**
 * An accepted invoice is never changed. A quarantined one gives way to an accepted one, whichever was sent first, and
 * to a newer quarantined one: so the record is the same in whatever order the two files are worked on. That goes for
 * the same bytes too, which another layout may read better. Of two accepted files with different content the first that
 * was worked on stands; the other is a conflict.
 */
export const decideRecord = (standing: InvoiceItem | undefined, candidate: Candidate): RecordDecision => {
  if (standing === undefined) return { action: "write", replaces: undefined };
  if (standing.UploadId === candidate.UploadId) return { action: "own", standing };
  const isBetter = standing.Status === "quarantined" && candidate.Status === "accepted";
  if (isBetter) return { action: "write", replaces: standing };
  if (standing.Sha256 === candidate.Sha256) return { action: "duplicate", standing };
  const isNewer = standing.Status === "quarantined" && candidate.Version > standing.Version;
  return isNewer ? { action: "write", replaces: standing } : { action: "conflict", standing };
};
