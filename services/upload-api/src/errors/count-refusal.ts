import { refusalCodes } from "@stockwire/contracts/metrics";
import type { Metrics } from "@stockwire/service-kit/metrics";
import { ApiError } from "./api-error.ts";

/** Counts who was turned away, and why. */
export const countRefusal = (metrics: Metrics, thrown: unknown): void => {
  const code = thrown instanceof ApiError ? refusalCodes.find((code) => code === thrown.code) : undefined;
  if (code !== undefined) metrics.stockwire_refusals_total.inc({ code });
};
