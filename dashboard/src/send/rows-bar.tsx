import type { Receipt, RowCounts } from "@stockwire/contracts/receipt";
import { formatCount, formatShare } from "../format.ts";
import { isFinal } from "./receipts.ts";

type Part = Exclude<keyof RowCounts, "read">;

const WORDS: readonly (readonly [Part, string])[] = [
  ["written", "Written"],
  ["unchanged", "Unchanged"],
  ["stale", "Stale"],
  ["repeated", "Repeated"],
  ["rejected", "Rejected"],
];

const UNDO_WORDS: Partial<Record<Part, string>> = { written: "Put back or removed", stale: "Kept" };
const DRY_RUN_WORDS: Partial<Record<Part, string>> = { written: "Would be written" };
const SAYS: Partial<Record<Part, string>> = {
  unchanged: "the count was the same",
  stale: "a newer file had decided",
  repeated: "the item comes again further down",
};

/** How the rows of a file divide. While it loads, how far it is. */
export const RowsBar = ({ receipt }: { receipt: Receipt }) => {
  const { rows, status, mode, bytes, bytesDone, kind } = receipt;
  const special = mode === "undo" ? UNDO_WORDS : mode === "validate" ? DRY_RUN_WORDS : {};
  const parts = WORDS.filter(([part]) => rows[part] > 0);
  const isRunning = !isFinal(status);
  if (kind === "invoice" || (rows.read === 0 && !isRunning)) return null;
  return (
    <div class="rows">
      {isRunning && bytes > 0 && (
        <div class="transfer-bytes">
          <progress max={bytes} value={bytesDone} aria-label={`Loading ${receipt.filename}`} />
          <p class="number">Loading: {formatShare(bytesDone / bytes)}</p>
        </div>
      )}
      {!isRunning && (
        <div class="rows-bar" aria-hidden="true">
          {parts.map(([part]) => (
            <span key={part} class={`rows-part rows-${part}`} style={{ flexGrow: rows[part] }} />
          ))}
        </div>
      )}
      <ul class="rows-legend">
        {parts.map(([part, name]) => (
          <li key={part} title={mode === "undo" ? undefined : SAYS[part]}>
            <span class={`rows-dot rows-${part}`} aria-hidden="true" /> {special[part] ?? name}{" "}
            <strong>{formatCount(rows[part])}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
};
