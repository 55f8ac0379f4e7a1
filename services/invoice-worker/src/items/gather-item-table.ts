import type { Findings } from "../findings.ts";
import { foldLabel } from "../layout/label-index.ts";
import type { Layout } from "../layout/layout.ts";
import type { ItemTable } from "../layout/layout-schema.ts";
import { readAmount } from "../parse/read-amount.ts";
import type { TextLine } from "../parse/scan-invoice.ts";
import { collapseSpaces, shorten } from "../text/characters.ts";
import {
  conventionsOf,
  createCandidate,
  currenciesOf,
  type ItemCandidate,
  type ItemFigures,
} from "./conventions.ts";

type Column = keyof ItemTable["columns"];
/** Which column each place of a row is; undefined for columns that are not asked for. */
type Header = readonly (Column | undefined)[];
interface Row {
  readonly line: number;
  readonly size: number;
  readonly number: string;
  name: string;
  readonly price: string;
  readonly tax: string;
}

const MAX_NAME = 1_000;

/**
 * Reads rows under a row of column names. A row with nothing but a name goes on with the name above; rules of
 * dashes are passed over; the table ends at a line without the separator.
 */
export const gatherItemTable = (
  lines: readonly TextLine[],
  table: ItemTable,
  layout: Layout,
  findings: Findings,
): ItemCandidate[] => {
  const items: ItemCandidate[] = [];
  let header: Header | undefined;
  let hasFrame = false;
  let open: Row | undefined;
  const close = (): void => {
    const item = open === undefined ? undefined : readRow(open, layout, findings);
    if (item !== undefined) items.push(item);
    open = undefined;
  };
  for (const { line, text } of lines) {
    if (text === "" || isRule(text)) continue;
    if (header === undefined) hasFrame = table.separator === "|" && isFramed(text);
    const cells = splitRow(text, table.separator, hasFrame);
    if (cells.length < 2) {
      findings.note(finding(line, "unread_line", `"${shorten(text.trim())}" is no row and was not read`));
      continue;
    }
    if (header === undefined) {
      header = readHeader(cells, table.columns);
      if (header.includes("name") && header.includes("price")) continue;
      const message = `the row of column names does not name ${table.columns.name[0]} and ${table.columns.price[0]}`;
      findings.problem(finding(line, "bad_items_header", message));
      return [];
    }
    const row = toRow(line, cells, header);
    if (open !== undefined && row.number === "" && row.price === "" && row.tax === "" && row.name !== "") {
      open.name = `${open.name} ${row.name}`.slice(0, MAX_NAME + 1);
      continue;
    }
    close();
    if (row.size === header.length) open = row;
    else findings.problem(finding(line, "bad_item", `the row has ${row.size} cells, not ${header.length}`));
  }
  close();
  return items;
};

/** A table that draws its sides (`| a | b |`) has no cells outside of them. */
const isFramed = (text: string): boolean => text.trim().startsWith("|") && text.trim().endsWith("|");

const splitRow = (text: string, separator: string, hasFrame: boolean): string[] => {
  const row = hasFrame && isFramed(text) ? text.trim().slice(1, -1) : text;
  return row.split(separator).map(collapseSpaces);
};

const isRule = (text: string): boolean => {
  for (const character of text) if (!" \t|-+=:_".includes(character)) return false;
  return true;
};

const readHeader = (cells: readonly string[], columns: ItemTable["columns"]): Header => {
  const entries = Object.entries(columns) as [Column, readonly string[]][];
  return cells.map((cell) => {
    const folded = foldLabel(cell);
    return entries.find(([, labels]) => labels.some((label) => foldLabel(label) === folded))?.[0];
  });
};

const toRow = (line: number, cells: readonly string[], header: Header): Row => {
  const cell = (column: Column): string => cells[header.indexOf(column)] ?? "";
  return {
    line,
    size: cells.length,
    number: cell("number"),
    name: cell("name"),
    price: cell("price"),
    tax: header.includes("tax") ? cell("tax") : "",
  };
};

const readRow = (row: Row, layout: Layout, findings: Findings): ItemCandidate | undefined => {
  const readings = conventionsOf(layout).map(({ decimal, commas }): ItemFigures | undefined => {
    const price = readAmount(row.price, decimal, layout.currencyNames);
    const tax = row.tax === "" ? null : readAmount(row.tax, decimal, layout.currencyNames);
    // Cells are set apart already: only the decimal separator is open.
    if (commas === "separate" || price.kind !== "exact" || (tax !== null && tax.kind !== "exact")) {
      return undefined;
    }
    return { name: row.name, price: price.value, tax: tax?.value ?? null, ...currenciesOf(price, tax) };
  });
  const isNamed = row.name !== "" && row.name.length <= MAX_NAME;
  const number = row.number === "" ? null : row.number;
  const candidate = isNamed ? createCandidate(number, row.line, readings) : undefined;
  if (candidate !== undefined) return candidate;
  const message = `the row "${shorten(row.name)}" needs a name and a price in figures`;
  findings.problem(finding(row.line, "bad_item", message));
  return undefined;
};

const finding = (line: number, code: string, message: string) => ({
  code,
  message,
  line,
  field: "items" as const,
});
