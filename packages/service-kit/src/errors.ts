/**
 * What a failed piece of work means, decided where the failure arises:
 * - permanent: the input is wrong; it is reported and never tried again
 * - retryable: the world is wrong; backed off, tried again, dead-lettered after the limit
 * - waiting: nothing is wrong, it is just not this work's turn, or a service is throttling; handed back without
 *   counting as an attempt
 * Everything else that is thrown is a bug: logged with its stack, counted like a retryable failure.
 */
export type WorkErrorKind = "permanent" | "retryable" | "waiting";

export class WorkError extends Error {
  override readonly name = "WorkError";
  readonly kind: WorkErrorKind;
  /** Stable, machine-readable. */
  readonly code: string;
  /** Seconds until it is worth trying again; undefined: the queue worker decides. */
  readonly afterSeconds: number | undefined;

  constructor(
    kind: WorkErrorKind,
    code: string,
    message: string,
    options: { cause?: unknown; afterSeconds?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.code = code;
    this.afterSeconds = options.afterSeconds;
  }
}

export const permanent = (code: string, message: string, cause?: unknown): WorkError =>
  new WorkError("permanent", code, message, { cause });

export const retryable = (code: string, message: string, cause?: unknown): WorkError =>
  new WorkError("retryable", code, message, { cause });

export const waiting = (code: string, message: string, afterSeconds: number): WorkError =>
  new WorkError("waiting", code, message, { afterSeconds });

/** The kind of anything thrown. */
export const kindOf = (error: unknown): WorkErrorKind | "bug" => {
  if (error instanceof WorkError) return error.kind;
  if (error instanceof Error && THROTTLING.has(error.name)) return "waiting";
  return isServiceFault(error) ? "retryable" : "bug";
};

/** What S3, SQS, SNS and DynamoDB call it, after the SDK's own retries. */
const THROTTLING: ReadonlySet<string> = new Set([
  "ThrottlingException",
  "ThrottledException",
  "Throttling",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "TooManyRequestsException",
  "SlowDown",
]);

/** A stable word for logs, metrics and dead letters. */
export const codeOf = (error: unknown): string => {
  if (error instanceof WorkError) return error.code;
  return error instanceof Error ? error.name : "unknown";
};

/** True for the AWS SDK's own errors and for connection faults: the request was fine, its fate was not. */
const isServiceFault = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const { $metadata, $fault, code } = error as Error & {
    $metadata?: unknown;
    $fault?: unknown;
    code?: unknown;
  };
  if ($metadata !== undefined || $fault !== undefined) return true;
  // Node gives its own complaints about wrong arguments a code too.
  if (error instanceof TypeError || error instanceof RangeError) return false;
  return error.name === "TimeoutError" || error.name === "AbortError" || typeof code === "string";
};
