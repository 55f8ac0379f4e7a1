import { setTimeout } from "node:timers/promises";
import { isFinal, type Receipt } from "@stockwire/contracts/receipt";
import type { Api } from "./api.ts";

export const waitForReceipt = async (api: Api, uploadId: string): Promise<Receipt> => {
  for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
    const receipt = await api.ask<Receipt>("GET", `/v1/uploads/${uploadId}`);
    if (isFinal(receipt.status)) return receipt;
    await setTimeout(wait);
  }
};
