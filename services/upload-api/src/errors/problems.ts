interface ProblemDeclaration {
  readonly status: number;
  readonly title: string;
  /** What the caller can do about it. */
  readonly mend: string;
}

/** Every code that the API answers with. Codes are stable: callers branch on them. */
export const problems = {
  invalid_request: {
    status: 400,
    title: "The request is not valid",
    mend: "Correct the part that the detail names; /docs lists what each route takes.",
  },
  invalid_cursor: {
    status: 400,
    title: "The cursor is not valid",
    mend: "Use the cursor of the last answer of the same list unchanged, or leave it out to start anew.",
  },
  invalid_store: {
    status: 400,
    title: "The store name is not valid",
    mend: "Give a name of 1 to 128 characters without control characters.",
  },
  mode_not_supported: {
    status: 400,
    title: "The mode is not supported",
    mend: "Leave out mode, or send mode=load, mode=replace or mode=validate.",
  },
  no_file: {
    status: 400,
    title: "No file was sent",
    mend: "Send at least one file in the form field `file`, or the file itself as the body (content-type text/csv for inventory, text/plain for an invoice).",
  },
  unexpected_field: {
    status: 400,
    title: "The form has a field that is not taken",
    mend: "Send files in the field `file` only; the store and the mode go into the query.",
  },
  malformed_multipart: {
    status: 400,
    title: "The form cannot be read",
    mend: "Let your HTTP library build the multipart/form-data body and its boundary.",
  },
  filename_too_long: {
    status: 400,
    title: "A file name is too long",
    mend: "Send a name of at most 1024 characters, of which the first 255 are kept.",
  },
  invalid_digest: {
    status: 400,
    title: "A digest header is not valid",
    mend: "Send Content-Digest or Repr-Digest as sha-256=:BASE64: (or sha-512), Content-MD5 as base64, or none of them.",
  },
  digest_mismatch: {
    status: 400,
    title: "The body is not what its digest says",
    mend: "Send the request again: bytes were changed on the way, or the digest is of other bytes. Nothing was kept.",
  },
  invalid_idempotency_key: {
    status: 400,
    title: "The Idempotency-Key is not valid",
    mend: "Send one Idempotency-Key header with a string of 1 to 255 visible ASCII characters, such as a UUID, or none.",
  },
  upload_broken_off: {
    status: 400,
    title: "The upload was broken off",
    mend: "Send the whole request again; nothing of it was kept.",
  },
  missing_key: {
    status: 401,
    title: "A key is needed",
    mend: "Send your key in the header x-api-key, or as `Authorization: Bearer`.",
  },
  malformed_key: {
    status: 401,
    title: "The key is malformed",
    mend: "Send the key as it was printed, from sw_ to its end, and nothing around it.",
  },
  unknown_key: {
    status: 401,
    title: "The key is not known",
    mend: "Check that the whole key was copied and that it is this installation's; else ask the operator for a new one.",
  },
  disabled_key: {
    status: 401,
    title: "The key is disabled",
    mend: "Ask the operator for a new key.",
  },
  invalid_token: {
    status: 401,
    title: "The token is not valid",
    mend: "Sign in again and send the access token, not the ID token.",
  },
  expired_token: {
    status: 401,
    title: "The token has expired",
    mend: "Refresh it, or sign in again.",
  },
  forbidden: {
    status: 403,
    title: "The caller may not do this",
    mend: "Use a key that may, or ask the operator for one.",
  },
  store_forbidden: {
    status: 403,
    title: "The caller may not send for this store",
    mend: "Leave ?store= out where your key is bound to one store, or name one of your own.",
  },
  cross_site_request: {
    status: 403,
    title: "The request comes from another site's page",
    mend: "Send it from a page of this service, or from outside a browser: a script or curl sends no origin header.",
  },
  upload_not_found: {
    status: 404,
    title: "There is no such upload",
    mend: "Use the uploadId of the answer to your upload.",
  },
  file_not_found: {
    status: 404,
    title: "The file is not there any more",
    mend: "The receipt stands, but its file has expired or was replaced; nothing can bring it back here.",
  },
  no_changes: {
    status: 404,
    title: "There is no list of changes",
    mend: "Dry runs, replacements that retired something, and undoings have one, once their receipt is final.",
  },
  not_undoable: {
    status: 409,
    title: "The upload cannot be undone",
    mend: "Undo the upload that changed the rows, once it is loaded, or send a file with the right counts.",
  },
  undo_too_late: {
    status: 409,
    title: "It is too late to undo the upload",
    mend: "Send a file with the right counts: what has touched the rows since is no longer known.",
  },
  no_rejected_rows: {
    status: 404,
    title: "The upload has no rejected rows",
    mend: "Nothing to do: every row that was read so far was accepted. Look at the receipt's status.",
  },
  store_not_found: {
    status: 404,
    title: "There is no such store",
    mend: "GET /v1/stores lists the stores; names compare exactly, so mind case and percent-encoding.",
  },
  subscription_not_found: {
    status: 404,
    title: "There is no such subscription",
    mend: "GET /v1/subscriptions lists them with their ids.",
  },
  invoice_not_found: {
    status: 404,
    title: "There is no such invoice",
    mend: "GET /v1/invoices lists the invoices; ids compare exactly, so mind case and percent-encoding.",
  },
  problem_not_found: {
    status: 404,
    title: "There is no such problem code",
    mend: "Use a code that the API has answered with.",
  },
  route_not_found: {
    status: 404,
    title: "There is no such route",
    mend: "/docs lists the routes.",
  },
  method_not_allowed: {
    status: 405,
    title: "The route does not take this method",
    mend: "Use a method from the answer's allow header.",
  },
  body_stalled: {
    status: 408,
    title: "The upload stalled",
    mend: "Send the whole request again over a steadier connection; nothing of it was kept.",
  },
  subscription_pending: {
    status: 409,
    title: "The subscription is not confirmed",
    mend: "Have its owner confirm it and send the request again; unconfirmed, it goes by itself within two days.",
  },
  subscription_exists: {
    status: 409,
    title: "The endpoint is subscribed already",
    mend: "Ask someone who may see every store to change it, or take another endpoint.",
  },
  subscriptions_full: {
    status: 409,
    title: "SNS takes no more subscriptions",
    mend: "Delete what nobody reads, or put several stores into one subscription; an operator can have AWS raise the limit.",
  },
  thresholds_changed: {
    status: 412,
    title: "The thresholds were changed in between",
    mend: "Read them again, make your change there, and send it with the new ETag.",
  },
  parts_missing: {
    status: 409,
    title: "Parts of the upload are missing",
    mend: "POST to the upload's parts for fresh addresses, send what is missing, and complete it again with every ETag.",
  },
  size_mismatch: {
    status: 409,
    title: "The upload has not the size that was announced",
    mend: "Send the part again that the detail names; where it names none, begin a new upload: nothing of this one was kept.",
  },
  upload_completed: {
    status: 409,
    title: "The upload is complete",
    mend: "GET its receipt: it says what became of the file.",
  },
  upload_expired: {
    status: 410,
    title: "The upload was given up",
    mend: "Begin a new upload with POST /v1/uploads; nothing of this one was kept.",
  },
  body_too_slow: {
    status: 408,
    title: "The upload is too slow",
    mend: "Send the whole request again over a faster connection; nothing of it was kept.",
  },
  headers_too_slow: {
    status: 408,
    title: "The request's headers did not come in time",
    mend: "Send the request again, its headers at once.",
  },
  idempotency_in_progress: {
    status: 409,
    title: "The same request is still under way",
    mend: "Send it again with the same Idempotency-Key after the seconds in the retry-after header, until the answer is another.",
  },
  file_too_large: {
    status: 413,
    title: "A file is too large",
    mend: "Send it with POST /v1/uploads, which takes larger ones, or split it by store, or by rows with the header repeated; nothing of this request was kept.",
  },
  presigned_too_large: {
    status: 413,
    title: "A big file is too large",
    mend: "Split it by store, or by rows with the header repeated.",
  },
  body_too_large: {
    status: 413,
    title: "The body is too large",
    mend: "Send less; /docs lists what each route takes.",
  },
  too_many_files: {
    status: 413,
    title: "Too many files in one request",
    mend: "Spread the files over several requests; nothing of this one was kept.",
  },
  unsupported_media_type: {
    status: 415,
    title: "The body's type is not taken",
    mend:
      "Send multipart/form-data, or the file itself uncompressed: inventory as text/csv, application/csv or " +
      "text/plain, an invoice as text/plain; settings as application/json.",
  },
  compressed_file: {
    status: 415,
    title: "A file is compressed",
    mend: "Unpack it first, or save the spreadsheet as CSV; nothing of this request was kept.",
  },
  range_not_satisfiable: {
    status: 416,
    title: "The file has no such range",
    mend: "Ask for a range that starts before the length in the answer's content-range header.",
  },
  idempotency_key_reused: {
    status: 422,
    title: "The Idempotency-Key belongs to another request",
    mend: "Send a new key with a new request, and an old key only with exactly the same files, names and query.",
  },
  unknown_host: {
    status: 421,
    title: "The host name is not this service's",
    mend: "Call it as localhost, 127.0.0.1 or [::1]; a proxy in front of it has to send one of these as the host.",
  },
  rate_limited: {
    status: 429,
    title: "Too many requests",
    mend: "Send it again after the seconds in the retry-after header, and from then on fewer in a minute.",
  },
  headers_too_large: {
    status: 431,
    title: "The request line and headers are too large",
    mend: "Keep the URL and all headers together under 16 KiB; files belong into the body.",
  },
  internal_error: {
    status: 500,
    title: "Something went wrong here",
    mend: "Tell the operator the instance of this answer; it stands in the log beside the cause.",
  },
  unavailable: {
    status: 503,
    title: "Temporarily unavailable",
    mend: "Send the same request again after the seconds in the retry-after header.",
  },
  overloaded: {
    status: 503,
    title: "Too much at the same time",
    mend: "Send the same request again after the seconds in the retry-after header; nothing of it was kept.",
  },
  report_timed_out: {
    status: 503,
    title: "The report took too long",
    mend: "Ask again after the seconds in the retry-after header, or for fewer days at a time.",
  },
  report_engine_missing: {
    status: 503,
    title: "Reports cannot be made on this machine",
    mend: "Tell the operator: DuckDB has no build for this platform, or it was not installed; REPORT_ENGINE=athena needs none.",
  },
} as const satisfies Record<string, ProblemDeclaration>;

export type ProblemCode = keyof typeof problems;
