import type { Receipt } from "@stockwire/contracts/receipt";
import type { Api } from "../api/client.ts";
import type { Live } from "../live/live.ts";
import { isFinal, isFurther } from "./receipts.ts";

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;
/** While events come, asking is only for those that got lost. */
const WAIT_WHILE_LIVE_MS = 10_000;

/**
 * Tells what becomes of an upload until it has ended: by events, and by asking where they do not come.
 * @returns the receipt as it ended, with all that events leave out of it
 */
export const followReceipt = async (
  { api, live }: { readonly api: Api; readonly live: Live },
  uploadId: string,
  onReceipt: (receipt: Receipt) => void,
  signal: AbortSignal,
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
      let isWoken = false;
      wake = () => {
        isWoken = true;
      };
      const receipt = await api.get<Receipt>(`/v1/uploads/${uploadId}`, { signal });
      if (isFinal(receipt.status)) {
        show(receipt);
        return receipt;
      }
      if (isFurther(receipt, shown)) show(receipt);
      if (isWoken) continue;
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(resolve, live.state.value === "live" ? WAIT_WHILE_LIVE_MS : wait);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        const stop = () => {
          clearTimeout(timer);
          reject(signal.reason);
        };
        signal.addEventListener("abort", stop, { once: true });
      });
    }
  } finally {
    stopHearing();
  }
};
