import type { Receipt } from "@stockwire/contracts/receipt";
import { type Api, pause } from "../api/client.ts";
import type { Live } from "../live/live.ts";
import { isPassing } from "./persist.ts";
import { isFinal, isFurther } from "./receipts.ts";

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;
/** While events come, asking is only for those that got lost. */
const WAIT_WHILE_LIVE_MS = 10_000;

/**
 * Tells what becomes of an upload until it has ended: by events, and by asking where they do not come.
 * @param options.isKnown it was just sent: it is followed through any loss of the connection. Otherwise the first answer
 *   has to come.
 * @returns the receipt as it ended, with all that events leave out of it
 */
export const followReceipt = async (
  { api, live }: { readonly api: Api; readonly live: Live },
  uploadId: string,
  onReceipt: (receipt: Receipt) => void,
  { signal, isKnown }: { readonly signal: AbortSignal; readonly isKnown: boolean },
): Promise<Receipt> => {
  let shown: Receipt | undefined;
  let wake = (): void => {};
  const show = (receipt: Receipt): void => {
    shown = receipt;
    onReceipt(receipt);
  };
  const stopHearing = live.on("receipt", ({ receipt }) => {
    if (receipt.uploadId !== uploadId || !isFurther(receipt, shown)) return;
    if (isFinal(receipt.status)) wake();
    else show(receipt);
  });
  try {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 1.6, LONGEST_WAIT_MS)) {
      // Heard of while the answer is on its way, it is asked for once more.
      const { promise: woken, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      try {
        const receipt = await api.get<Receipt>(`/v1/uploads/${uploadId}`, { signal });
        if (isFinal(receipt.status)) {
          show(receipt);
          return receipt;
        }
        if (isFurther(receipt, shown)) show(receipt);
      } catch (error) {
        if (!isPassing(error) || (!isKnown && shown === undefined)) throw error;
      }
      const isLive = live.state.value === "live";
      await Promise.race([woken, pause(isLive ? WAIT_WHILE_LIVE_MS : wait, signal)]);
    }
  } finally {
    stopHearing();
  }
};
