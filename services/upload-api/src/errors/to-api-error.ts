import { kindOf } from "@stockwire/service-kit/errors";
import type { FastifyError } from "fastify";
import { ApiError, internalError, invalidRequest, unavailable, unsupportedMediaType } from "./api-error.ts";

/** What the caller is told about anything that was thrown. */
export const toApiError = (error: unknown): ApiError => {
  if (error instanceof ApiError) return error;
  if (isOutage(error) || kindOf(error) === "waiting") return unavailable(error);
  if (isFastifyError(error)) {
    if (error.validation) return invalidRequest(describeValidation(error), error);
    if (error.statusCode === 415) return unsupportedMediaType(`${error.message}.`);
    if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
      return invalidRequest(`${error.message}.`, error);
    }
  }
  return internalError(error);
};

const isFastifyError = (error: unknown): error is FastifyError =>
  error instanceof Error && ("statusCode" in error || "validation" in error);

const partNames: Readonly<Record<string, string>> = {
  querystring: "query parameter",
  params: "path parameter",
  headers: "header",
  body: "body member",
};

/** Where, what, how: `The query parameter limit must be <= 100.` */
const describeValidation = (error: FastifyError): string => {
  const part = partNames[error.validationContext ?? ""] ?? "part";
  const fault = error.validation?.[0];
  const { additionalProperty, missingProperty, allowedValues } = (fault?.params ?? {}) as Record<
    string,
    unknown
  >;
  if (typeof additionalProperty === "string") return `The ${part} ${additionalProperty} is not known here.`;
  if (typeof missingProperty === "string") return `The ${part} ${missingProperty} is missing.`;
  const name = fault?.instancePath.replace(/^\//, "") ?? "";
  if (Array.isArray(allowedValues)) return `The ${part} ${name} must be one of ${allowedValues.join(", ")}.`;
  return `The ${part} ${name} ${fault?.message ?? "is not valid"}.`;
};

const CONNECTION_FAULTS = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
]);

/**
 * True when S3 or DynamoDB throttles or fails, or cannot be reached: worth the caller's trying again. A refused
 * permission, a missing table or a malformed call is not: that is a fault of ours.
 */
const isOutage = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const { $metadata, $retryable, code } = error as Error & {
    $metadata?: { httpStatusCode?: number };
    $retryable?: { throttling?: boolean };
    code?: unknown;
  };
  if (typeof code === "string" && CONNECTION_FAULTS.has(code)) return true;
  if (error.name === "TimeoutError" || /Throttl|ThroughputExceeded|RequestLimit|SlowDown/.test(error.name)) {
    return true;
  }
  const status = $metadata?.httpStatusCode ?? 0;
  return $retryable?.throttling === true || status === 429 || status >= 500;
};
