import type { RowCode } from "@stockwire/contracts/codes";
import {
  faultOfName,
  MAX_ITEM_CHARACTERS,
  MAX_STORE_CHARACTERS,
  normalizeName,
} from "@stockwire/contracts/names";
import { MAX_REJECTED_VALUE, type RejectedRow } from "@stockwire/contracts/receipt";
import type { ParsedRecord, RecordFault } from "./parse-records.ts";
import type { Header } from "./read-header.ts";

/** A row that may load. */
export interface StockRow {
  readonly line: number;
  readonly store: string;
  readonly item: string;
  readonly count: number;
}

/** A row that may not, with its cells as sent. */
export interface RefusedRow {
  readonly rejected: RejectedRow;
  readonly cells: readonly string[];
}

const MAX_COUNT = 999_999_999;

type Fault = {
  readonly column: "store" | "item" | "count" | null;
  readonly code: RowCode;
  readonly message: string;
  readonly value: string;
};

/**
 * Makes the check for the rows of one file: a StockRow, or the first thing that is wrong with the row.
 * @param storeRestriction the only store whose rows may load; also the store of a file without that column
 */
export const createRowValidator = (header: Header, storeRestriction: string | undefined) => {
  const checkStore = createNameCheck("store", MAX_STORE_CHARACTERS);
  const checkItem = createNameCheck("item", MAX_ITEM_CHARACTERS);
  let lastCell: string | undefined;
  let lastStore: string | Fault = "";

  const storeOf = (cell: string): string | Fault => {
    if (cell === lastCell) return lastStore;
    const store = checkStore(cell);
    lastCell = cell;
    lastStore =
      typeof store === "string" && storeRestriction !== undefined && store !== storeRestriction
        ? notAllowed(store, storeRestriction)
        : store;
    return lastStore;
  };

  return (record: ParsedRecord): StockRow | RefusedRow => {
    if ("fault" in record) return refuse(record.line, recordFault(record), [record.text]);
    const { line, cells } = record;
    if (cells.length !== header.cells.length) return refuse(line, ragged(cells, header), cells);
    const store = header.store === undefined ? (storeRestriction ?? "") : storeOf(cells[header.store] ?? "");
    if (typeof store !== "string") return refuse(line, store, cells);
    const item = checkItem(cells[header.item] ?? "");
    if (typeof item !== "string") return refuse(line, item, cells);
    const count = checkCount(cells[header.count] ?? "");
    if (typeof count !== "number") return refuse(line, count, cells);
    return { line, store, item, count };
  };
};

export const isRefused = (row: StockRow | RefusedRow): row is RefusedRow => "rejected" in row;

const refuse = (line: number, fault: Fault, cells: readonly string[]): RefusedRow => ({
  rejected: { ...fault, line, value: fault.value.slice(0, MAX_REJECTED_VALUE) },
  cells,
});

/** Visible ASCII without blanks around it: most names, and what follows would find nothing to do or to say. */
const PLAIN_NAME = /^[!-~]+(?: +[!-~]+)*$/;

const createNameCheck =
  (column: "store" | "item", limit: number) =>
  (cell: string): string | Fault => {
    if (cell.length <= limit && PLAIN_NAME.test(cell)) return cell;
    const name = normalizeName(cell);
    const fault = faultOfName(name, limit);
    if (fault === undefined) return name;
    const code = fault === "empty" ? (`empty_${column}` as const) : fault;
    const messages = {
      empty: `the column ${column} is empty; every row needs one`,
      value_too_long: `the ${column} has ${[...name].length} characters; at most ${limit} are allowed`,
      control_character: `the ${column} holds a control character, a line break or another character that does not show; remove it`,
    };
    return { column, code, message: messages[fault], value: cell };
  };

/** Most counts; none of them is out of range. */
const PLAIN_COUNT = /^[0-9]{1,9}$/;

const checkCount = (cell: string): number | Fault => {
  if (PLAIN_COUNT.test(cell)) return Number(cell);
  const digits = cell.trim();
  const fault = (code: RowCode, message: string): Fault => ({ column: "count", code, message, value: cell });
  if (!/^[0-9]+$/.test(digits)) {
    return fault(
      "bad_count",
      `the count ${JSON.stringify(digits.slice(0, 40))} is not a whole number; write digits 0 to 9 only, without sign, point or spaces`,
    );
  }
  const count = Number(digits);
  if (count > MAX_COUNT) return fault("count_out_of_range", `the count is above ${MAX_COUNT}`);
  return count;
};

const notAllowed = (store: string, allowed: string): Fault => ({
  column: "store",
  code: "store_not_allowed",
  message: `this upload may only change ${allowed}, not ${store}`,
  value: store,
});

const ragged = (cells: readonly string[], header: Header): Fault => ({
  column: null,
  code: "ragged_row",
  message: `the row has ${cells.length} cells where the header has ${header.cells.length}; a value with the separator in it needs quotes`,
  value: cells.join(","),
});

const recordFault = (record: { fault: RecordFault; text: string }): Fault => ({
  column: null,
  code: record.fault,
  message: RECORD_FAULTS[record.fault],
  value: record.text,
});

const RECORD_FAULTS: Readonly<Record<RecordFault, string>> = {
  row_too_long: "the row is longer than 64 KiB; rejected.csv has its beginning",
  unclosed_quote:
    "a quote opens here and is never closed, so everything after it is this one row; close it and send the file again (rejected.csv has the first 64 KiB)",
  misplaced_quote:
    "text follows a closing quote; put quotes around the whole cell and write a quote inside it twice",
};
