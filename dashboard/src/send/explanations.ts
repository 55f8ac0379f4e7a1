import type { FileCode, InvoiceFileCode, RowCode, WarningCode } from "@stockwire/contracts/codes";

/** A code in words, and what to do about it. */
export interface Explanation {
  readonly what: string;
  readonly fix: string;
}

export const ROWS: Readonly<Record<RowCode, Explanation>> = {
  ragged_row: {
    what: "Not as many cells as the header",
    fix: "Give the row one cell for each column. A value with a comma in it needs quotes around it.",
  },
  unclosed_quote: {
    what: "A quote is never closed",
    fix: "Close the quote on this line: everything after it was taken for one cell. Then send the whole file again.",
  },
  misplaced_quote: {
    what: "Text behind a closing quote",
    fix: "Put the quotes around the whole cell, and write a quote inside it twice.",
  },
  row_too_long: {
    what: "The row is too long",
    fix: "Shorten the row to less than 64 KiB; often a quote is missing that joins it with the next ones.",
  },
  empty_store: {
    what: "The store is missing",
    fix: "Write the store's name, or send the file for one store.",
  },
  empty_item: { what: "The item is missing", fix: "Write the item's name." },
  bad_count: {
    what: "The count is no whole number",
    fix: "Write digits 0 to 9 alone, such as 1200: no sign, point, comma, space or unit.",
  },
  count_out_of_range: { what: "The count is too large", fix: "Write a count of 999,999,999 at most." },
  value_too_long: {
    what: "The name is too long",
    fix: "Shorten it: a store has at most 128 characters, an item 256.",
  },
  control_character: {
    what: "The name holds a character that does not show",
    fix: "Type the name anew: it was probably copied with a line break or an invisible mark in it.",
  },
  store_not_allowed: {
    what: "Another store's row",
    fix: "Leave the row out, or send the file without the limit to one store, with a key that may.",
  },
};

export const FILES: Readonly<Record<FileCode, Explanation>> = {
  empty_file: { what: "The file is empty", fix: "Check that the export has finished, and send it again." },
  no_rows: {
    what: "The file has a header and no rows",
    fix: "Check that the export has finished, and send it again.",
  },
  not_utf8: {
    what: "The file is not UTF-8 text",
    fix: "In the spreadsheet, save it as “CSV UTF-8”. An Excel or zip file does not load as it is.",
  },
  not_csv: { what: "The first line is no header", fix: "Begin the file with the line: store,item,count" },
  missing_column: {
    what: "A column is missing",
    fix: "Name the columns store, item and count in the first line. Without a store column, send it for one store.",
  },
  repeated_column: {
    what: "A column is named twice",
    fix: "Remove or rename one of the two columns in the first line.",
  },
  too_many_stores: {
    what: "Too many stores in one file",
    fix: "Split the file: 10,000 stores fit into one.",
  },
  no_usable_rows: { what: "Every row was rejected", fix: "Mend the rows below and send the file again." },
  too_many_repeats: {
    what: "Too many items stand in it twice",
    fix: "Remove the doubles: the last row of each item is the one that counts.",
  },
  too_many_deliveries: {
    what: "Nobody came to an end with the file",
    fix: "Tell the operator. The file is kept, and nothing has to be sent again.",
  },
  digest_mismatch: {
    what: "The bytes that arrived are not those that were announced",
    fix: "Send the file again, and do not change it while it is on its way.",
  },
  undo_target_gone: {
    what: "What was to be undone is not known any more",
    fix: "Send a file with the counts as they should be.",
  },
  undo_unsure: {
    what: "An older file of the same store came at the same time or later, so what stood before is not known",
    fix: "Send a file with the counts as they should be.",
  },
  undo_too_deep: {
    what: "Too many undoings of undoings",
    fix: "Send a file with the counts as they should be.",
  },
  object_missing: { what: "The file was deleted before it was read", fix: "Send it again." },
  object_replaced: { what: "The file was overwritten before it was read", fix: "Send it again." },
};

export const INVOICE_FILES: Readonly<Record<InvoiceFileCode, Explanation>> = {
  empty_file: { what: "The file is empty", fix: "Check that the invoice was saved, and send it again." },
  not_text: {
    what: "The file is no text",
    fix: "Save the invoice as plain text in UTF-8: a PDF or Word file is not read.",
  },
  too_large: { what: "The file is too large", fix: "Send one invoice a file, of at most 16 MiB." },
  line_too_long: { what: "A line is too long", fix: "Break it where the labels begin." },
  not_an_invoice: {
    what: "No invoice was found in it",
    fix: "Check that it is the right file. A stock list is to be sent as inventory.",
  },
  too_complex: {
    what: "The file could not be read in time",
    fix: "Send one invoice a file, without anything else in it.",
  },
  conflict: {
    what: "Another invoice stands under its number",
    fix: "Compare the two: what was accepted is not replaced. A corrected invoice needs a number of its own.",
  },
};

export const WARNINGS: Readonly<Record<WarningCode, Explanation>> = {
  repeated_item: { what: "An item comes again further down", fix: "Remove the rows that do not count." },
  newer_file_gone: {
    what: "A newer file could not be looked up",
    fix: "Compare the counts, and send the newest list again if they are wrong.",
  },
  nothing_retired: {
    what: "Nothing was retired",
    fix: "Mend the rejected rows and send the whole file again as a replacement.",
  },
  older_file_gone: {
    what: "What an older file still brings in may stay",
    fix: "Send the replacement again once the older one has ended.",
  },
};

const find = (map: Readonly<Record<string, Explanation>>, code: string): Explanation | undefined =>
  Object.hasOwn(map, code) ? map[code] : undefined;

/** Undefined for a code that this page does not know: then the message has to do. */
export const explainRow = (code: string): Explanation | undefined => find(ROWS, code);
export const explainWarning = (code: string): Explanation | undefined => find(WARNINGS, code);
export const explainError = (kind: "inventory" | "invoice", code: string): Explanation | undefined =>
  (kind === "invoice" ? find(INVOICE_FILES, code) : undefined) ?? find(FILES, code);
