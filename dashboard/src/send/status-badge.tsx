import type { Receipt } from "@stockwire/contracts/receipt";
import { STATUS_WORDS, toneOf } from "./summarise.ts";

export const StatusBadge = ({ receipt }: { receipt: Receipt }) => (
  <span class={`status tone-${toneOf(receipt)}`}>
    {receipt.kind === "invoice" && receipt.status === "partial"
      ? "Quarantined"
      : receipt.kind === "invoice" && receipt.status === "loaded"
        ? "Accepted"
        : receipt.mode === "undo" && receipt.status === "loaded"
          ? "Undone"
          : STATUS_WORDS[receipt.status]}
  </span>
);
