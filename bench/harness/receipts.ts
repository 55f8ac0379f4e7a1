import type { Receipt } from "@stockwire/contracts/receipt";
import { isFinal } from "@stockwire/contracts/receipt";
import { until } from "../../e2e/stack.ts";

/** Asks the API for a receipt until the upload has ended. @throws Error where it did not end as `loaded` */
export const untilLoaded = async (
  url: string,
  apiKey: string,
  uploadId: string,
  seconds = 300,
): Promise<Receipt> => {
  const receipt = await until(
    async () => {
      const response = await fetch(`${url}/v1/uploads/${uploadId}`, { headers: { "x-api-key": apiKey } });
      if (!response.ok) throw new Error(`${uploadId}: ${response.status} ${await response.text()}`);
      const current = (await response.json()) as Receipt;
      return isFinal(current.status) ? current : undefined;
    },
    `upload ${uploadId} to end`,
    seconds,
  );
  if (receipt.status !== "loaded") throw new Error(`${uploadId} ended as ${receipt.status}`);
  return receipt;
};
