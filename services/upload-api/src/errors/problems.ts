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
    mend: "Leave out mode, or send mode=load. Other modes come later.",
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
  file_too_large: {
    status: 413,
    title: "A file is too large",
    mend: "Split an inventory file by store, or by rows with the header repeated; nothing of this request was kept.",
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
      "text/plain, an invoice as text/plain.",
  },
  range_not_satisfiable: {
    status: 416,
    title: "The file has no such range",
    mend: "Ask for a range that starts before the length in the answer's content-range header.",
  },
  unknown_host: {
    status: 421,
    title: "The host name is not this service's",
    mend: "Call it as localhost, 127.0.0.1 or [::1]; a proxy in front of it has to send one of these as the host.",
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
