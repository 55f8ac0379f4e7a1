import type { Receipt, UploadStatus } from "@stockwire/contracts/receipt";

/** Nothing more happens to it by itself. Written here, as the contracts bring their validator along. */
export const isFinal = (status: UploadStatus): boolean => status !== "received" && status !== "loading";

const stepOf = ({ status }: Receipt): number => (status === "received" ? 0 : status === "loading" ? 1 : 2);

/** Whether a receipt, as events bring them in no strict order, says more than the one that is shown. */
export const isFurther = (next: Receipt, shown: Receipt | undefined): boolean => {
  if (!shown) return true;
  const steps = stepOf(next) - stepOf(shown);
  if (steps !== 0) return steps > 0;
  if (isFinal(next.status)) return (next.finishedAt ?? "") >= (shown.finishedAt ?? "");
  return next.bytesDone >= shown.bytesDone;
};
