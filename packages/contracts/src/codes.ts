/**
 * Codes that receipts tell what is wrong by. They are part of the API: docs/api.md lists them, and the dashboard says of
 * each how to mend it.
 */

/** In `rejected`: why a row did not load. */
export const ROW_CODES = [
  "ragged_row",
  "unclosed_quote",
  "misplaced_quote",
  "row_too_long",
  "empty_store",
  "empty_item",
  "bad_count",
  "count_out_of_range",
  "value_too_long",
  "control_character",
  "store_not_allowed",
] as const;
export type RowCode = (typeof ROW_CODES)[number];

/** In `error`: why a whole inventory file did not load. */
export const FILE_CODES = [
  "empty_file",
  "no_rows",
  "not_utf8",
  "not_csv",
  "missing_column",
  "repeated_column",
  "too_many_stores",
  "no_usable_rows",
  "too_many_repeats",
  "too_many_deliveries",
  "digest_mismatch",
  "undo_target_gone",
  "undo_unsure",
  "undo_too_deep",
  "object_missing",
  "object_replaced",
] as const;
export type FileCode = (typeof FILE_CODES)[number];

/** In `error`: why a whole invoice's file was not taken, besides `digest_mismatch` and the `object_` codes. */
export const INVOICE_FILE_CODES = [
  "empty_file",
  "not_text",
  "too_large",
  "line_too_long",
  "not_an_invoice",
  "too_complex",
  "conflict",
] as const;
export type InvoiceFileCode = (typeof INVOICE_FILE_CODES)[number];

/** In `warnings`. */
export const WARNING_CODES = [
  "repeated_item",
  "newer_file_gone",
  "nothing_retired",
  "older_file_gone",
] as const;
export type WarningCode = (typeof WARNING_CODES)[number];
