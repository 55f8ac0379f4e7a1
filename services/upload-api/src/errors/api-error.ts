import { type ProblemCode, problems } from "./problems.ts";

type Headers = Readonly<Record<string, string>>;

/** A failure that the caller is told about: a code and a sentence about this very case. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ProblemCode;
  readonly headers: Headers;

  constructor(code: ProblemCode, detail: string, options: { cause?: unknown; headers?: Headers } = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return problems[this.code].status;
  }
}

export const invalidRequest = (detail: string, cause?: unknown) =>
  new ApiError("invalid_request", detail, { cause });

export const invalidCursor = (cause?: unknown) =>
  new ApiError("invalid_cursor", "The query parameter cursor is not one that this list handed out.", {
    cause,
  });

/** @param why continues "The store name …" */
export const invalidStore = (why: string) => new ApiError("invalid_store", `The store name ${why}.`);

export const modeNotSupported = (mode: string) =>
  new ApiError("mode_not_supported", `There is no mode ${JSON.stringify(mode)}.`);

export const noFile = () => new ApiError("no_file", "The request's body holds no file.");

export const unexpectedField = (detail: string, cause?: unknown) =>
  new ApiError("unexpected_field", detail, { cause });

export const malformedMultipart = (cause: unknown) =>
  new ApiError(
    "malformed_multipart",
    `The multipart/form-data body cannot be read: ${cause instanceof Error ? cause.message : "no reason known"}.`,
    { cause },
  );

/** @param why without the full stop */
export const invalidDigest = (why: string, cause?: unknown) =>
  new ApiError("invalid_digest", `${why}.`, { cause });

/** @param header with its algorithm; both digests in base64 */
export const digestMismatch = (header: string, sent: string, found: string) =>
  new ApiError("digest_mismatch", `${header} says ${sent}, but the body that came has ${found}.`);

/** @param why without the full stop */
export const invalidIdempotencyKey = (why: string, cause?: unknown) =>
  new ApiError("invalid_idempotency_key", `${why}.`, { cause });

export const idempotencyInProgress = (cause?: unknown) =>
  new ApiError("idempotency_in_progress", "A request with this Idempotency-Key has not ended yet.", {
    cause,
    headers: { "retry-after": "1" },
  });

export const idempotencyKeyReused = () =>
  new ApiError(
    "idempotency_key_reused",
    "An earlier request with this Idempotency-Key had other files, other file names or another query.",
  );

export const uploadBrokenOff = (cause: unknown) =>
  new ApiError("upload_broken_off", "The connection ended before the body did.", { cause });

/** Every 401 says how to do better (RFC 9110, 15.5.2). */
const unauthenticated = (
  code: "missing_key" | "malformed_key" | "unknown_key" | "disabled_key" | "invalid_token" | "expired_token",
  detail: string,
  cause?: unknown,
) => new ApiError(code, detail, { cause, headers: { "www-authenticate": 'Bearer realm="stockwire"' } });

export const missingKey = () => unauthenticated("missing_key", "The request came without a key.");

/** @param what without the full stop; never what was sent */
export const malformedKey = (what: string) => unauthenticated("malformed_key", `${what}.`);

/** The same words whether there is no such id or the secret is wrong. */
export const unknownKey = () => unauthenticated("unknown_key", "The key is not one of this service's.");

export const disabledKey = () => unauthenticated("disabled_key", "The key has been disabled.");

export const invalidToken = (cause?: unknown) =>
  unauthenticated("invalid_token", "The token is not one that is taken here.", cause);

export const expiredToken = () => unauthenticated("expired_token", "The token has expired.");

export const forbidden = (detail: string) => new ApiError("forbidden", detail);

export const storeForbidden = (detail: string) => new ApiError("store_forbidden", detail);

/** @param from what the browser says of the page */
export const crossSiteRequest = (from: string) =>
  new ApiError("cross_site_request", `The page that sent this is of another site (${from}).`);

export const unknownHost = (host: string) =>
  new ApiError("unknown_host", `Nothing is served here as ${JSON.stringify(host)}.`);

const LISTED_PARTS = 20;

/** @param partNumbers all of them; the first are named */
export const partsMissing = (partNumbers: readonly number[]) => {
  const more = partNumbers.length - LISTED_PARTS;
  const named = partNumbers.slice(0, LISTED_PARTS).join(", ") + (more > 0 ? ` and ${more} more` : "");
  return new ApiError("parts_missing", `Not there: ${partNumbers.length === 1 ? "part" : "parts"} ${named}.`);
};

export const partsNotThere = (cause: unknown) =>
  new ApiError("parts_missing", "S3 does not have a part with one of the ETags that were reported.", {
    cause,
  });

/** @param what continues "… bytes, not …" */
export const sizeMismatch = (what: string, bytes: number | undefined, announced: number, cause?: unknown) =>
  new ApiError("size_mismatch", `${what} has ${bytes ?? "other"} bytes, not ${announced}.`, { cause });

export const partTooSmall = (cause: unknown) =>
  new ApiError("size_mismatch", "A part before the last one is smaller than its signed length.", { cause });

export const uploadCompleted = (uploadId: string) =>
  new ApiError("upload_completed", `Upload ${uploadId} has been completed.`);

export const uploadExpired = (uploadId: string, cause?: unknown) =>
  new ApiError(
    "upload_expired",
    `Upload ${uploadId} was aborted, by its sender or because it took too long.`,
    {
      cause,
    },
  );

export const uploadNotFound = (uploadId: string) =>
  new ApiError("upload_not_found", `There is no upload ${JSON.stringify(uploadId)}.`);

export const fileNotFound = (uploadId: string, cause?: unknown) =>
  new ApiError("file_not_found", `The file of upload ${uploadId} is not there any more.`, { cause });

export const noRejectedRows = (uploadId: string) =>
  new ApiError("no_rejected_rows", `Upload ${uploadId} has no rejected rows.`);

export const noChanges = (uploadId: string) =>
  new ApiError("no_changes", `Upload ${uploadId} has no list of changes.`);

/** @param why continues "The upload …" */
export const notUndoable = (uploadId: string, why: string) =>
  new ApiError("not_undoable", `The upload ${uploadId} ${why}.`);

export const undoTooLate = (uploadId: string, days: number) =>
  new ApiError("undo_too_late", `The upload ${uploadId} was received more than ${days} days ago.`);

export const storeNotFound = (store: string) =>
  new ApiError("store_not_found", `There is no store ${JSON.stringify(store)}.`);

export const subscriptionNotFound = (id: string) =>
  new ApiError("subscription_not_found", `There is no subscription ${JSON.stringify(id)}.`);

export const invoiceNotFound = (customerId: string, invoiceId: string) =>
  new ApiError(
    "invoice_not_found",
    `There is no invoice ${JSON.stringify(invoiceId)} of customer ${JSON.stringify(customerId)}.`,
  );

export const problemNotFound = (code: string) =>
  new ApiError("problem_not_found", `There is no problem code ${JSON.stringify(code)}.`);

export const routeNotFound = (method: string, path: string) =>
  new ApiError("route_not_found", `There is no route ${method} ${path}.`);

export const methodNotAllowed = (method: string, allowed: readonly string[]) =>
  new ApiError("method_not_allowed", `This route takes ${allowed.join(", ")}, not ${method}.`, {
    headers: { allow: allowed.join(", ") },
  });

/** The connection is closed with the answer: what the client might still send is not wanted. */
export const bodyStalled = (seconds: number) =>
  new ApiError("body_stalled", `No byte of the body came for ${seconds} s.`, {
    headers: { connection: "close" },
  });

export const subscriptionPending = (endpoint: string) =>
  new ApiError("subscription_pending", `The subscription of ${endpoint} waits for its owner.`);

export const subscriptionExists = (endpoint: string) =>
  new ApiError("subscription_exists", `${endpoint} is told of stores that are not yours.`);

export const subscriptionsFull = (cause: unknown) =>
  new ApiError("subscriptions_full", "A limit of SNS on subscriptions or their filters is reached.", {
    cause,
  });

export const thresholdsChanged = (store: string) =>
  new ApiError("thresholds_changed", `The thresholds of ${JSON.stringify(store)} are not those of the ETag.`);

/** @param detail what the limit is */
export const bodyTooLarge = (detail: string) => new ApiError("body_too_large", detail);
/** The connection is closed with the answer, as for one that stalled. */
export const bodyTooSlow = (bytes: number, seconds: number, minimum: number) =>
  new ApiError(
    "body_too_slow",
    `${bytes} bytes came in the ${seconds} s in which the client was waited for; ${minimum} a second are the least.`,
    { headers: { connection: "close" } },
  );

export const filenameTooLong = (characters: number, maximum: number) =>
  new ApiError("filename_too_long", `The file name has more than ${maximum} characters (${characters}).`);

/** @param format what the file's first bytes say */
export const compressedFile = (filename: string, format: string) =>
  new ApiError("compressed_file", `${JSON.stringify(filename)} is ${format}, not text.`);

export const rateLimited = (who: "address" | "key", perMinute: number, seconds: number) =>
  new ApiError("rate_limited", `This ${who} may send ${perMinute} requests like this a minute.`, {
    headers: { "retry-after": String(Math.max(1, seconds)) },
  });

/** Spread over some seconds, so that all who were refused do not come back at once. */
export const overloaded = (
  what: "requests" | "uploads" | "event streams" | "event streams of this caller",
  maximum: number,
) =>
  new ApiError("overloaded", `${maximum} ${what} are under way, and that is the most at the same time.`, {
    headers: { "retry-after": String(1 + Math.floor(Math.random() * 3)) },
  });

export const fileTooLarge = (filename: string, maxBytes: number) =>
  new ApiError("file_too_large", `${JSON.stringify(filename)} is larger than ${maxBytes} bytes.`);

export const presignedTooLarge = (filename: string, maxBytes: number) =>
  new ApiError("presigned_too_large", `${JSON.stringify(filename)} is larger than ${maxBytes} bytes.`);

export const tooManyFiles = (maxFiles: number, cause?: unknown) =>
  new ApiError("too_many_files", `A request may hold ${maxFiles} files at most.`, { cause });

export const unsupportedMediaType = (detail: string) => new ApiError("unsupported_media_type", detail);

export const rangeNotSatisfiable = (bytes: number) =>
  new ApiError("range_not_satisfiable", `The file has ${bytes} bytes.`, {
    headers: { "content-range": `bytes */${bytes}` },
  });

export const unavailable = (cause: unknown) =>
  new ApiError("unavailable", "A service that this one stands on does not answer or is throttling.", {
    cause,
    headers: { "retry-after": "5" },
  });

export const reportTimedOut = (seconds: number) =>
  new ApiError("report_timed_out", `The query had not ended after ${seconds} s and was stopped.`, {
    headers: { "retry-after": "30" },
  });

export const reportEngineMissing = (cause: unknown) =>
  new ApiError("report_engine_missing", "The engine that adds the report up cannot be loaded.", { cause });

export const internalError = (cause: unknown) =>
  new ApiError("internal_error", "The request could not be finished because of a fault on our side.", {
    cause,
  });
