import type { Receipt } from "@stockwire/contracts/receipt";
import { useCallback, useEffect, useState } from "preact/hooks";
import { usePage } from "../shell/context.ts";
import { followReceipt } from "./follow-receipt.ts";
import { isFinal } from "./receipts.ts";

/** An upload's receipt as it moves, to its end; and on, where an operator brings a failed file back. */
export const useReceipt = (uploadId: string) => {
  const page = usePage();
  const [receipt, setReceipt] = useState<Receipt | undefined>();
  const [error, setError] = useState<unknown>();
  const [round, setRound] = useState(0);
  const retry = useCallback(() => setRound((before) => before + 1), []);
  // A new round is what asks for following again.
  useEffect(() => {
    const ending = new AbortController();
    setError(undefined);
    let ended: Receipt | undefined;
    followReceipt(page, uploadId, setReceipt, { signal: ending.signal, isKnown: false }).then(
      (last) => {
        ended = last;
      },
      (failure: unknown) => {
        if (!ending.signal.aborted) setError(failure);
      },
    );
    const stopHearing = page.live.on("receipt", ({ receipt: heard }) => {
      if (heard.uploadId !== uploadId || ended?.status !== "failed") return;
      if (!isFinal(heard.status) || heard.status !== "failed") retry();
    });
    return () => {
      ending.abort();
      stopHearing();
    };
  }, [page, uploadId, round, retry]);
  return { receipt: receipt?.uploadId === uploadId ? receipt : undefined, error, retry };
};
