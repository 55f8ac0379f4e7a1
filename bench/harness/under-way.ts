import type { Receipt } from "@stockwire/contracts/receipt";
import { isFinal } from "@stockwire/contracts/receipt";
import { until } from "../../e2e/stack.ts";

const PATIENCE_SECONDS = 300;

/** The receipt as it stands. @throws Error where the API does not give it */
export const receiptNow = async (url: string, apiKey: string, uploadId: string): Promise<Receipt> => {
  const response = await fetch(`${url}/v1/uploads/${uploadId}`, { headers: { "x-api-key": apiKey } });
  if (!response.ok) throw new Error(`${uploadId}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Receipt;
};

/** Resolves once rows of a file are written. @throws Error where it has ended by then, however, or does not begin in time */
export const untilUnderWay = async (url: string, apiKey: string, uploadId: string): Promise<void> => {
  await until(
    async () => {
      const { status, rows } = await receiptNow(url, apiKey, uploadId);
      if (isFinal(status)) throw new Error(`${uploadId} was ${status} before it was seen under way`);
      return rows.written > 0 ? true : undefined;
    },
    `upload ${uploadId} to be under way`,
    PATIENCE_SECONDS,
  );
};
