import type { FieldName } from "@stockwire/contracts/invoice";
import { readMarker } from "../items/item-marker.ts";
import { foldLabel } from "../layout/label-index.ts";
import type { LabelTarget, Layout, MoneyTarget } from "../layout/layout.ts";
import { collapseSpaces, collapseToGaps } from "../text/characters.ts";
import { linesOf } from "../text/lines.ts";
import { isNothingButFigure } from "./continued-figure.ts";
import { findLabels, type LabelOnLine } from "./find-labels.ts";
import { findRefused } from "./find-refused.ts";

/** What stands behind one label, wrapped lines joined, white space collapsed. */
export interface Occurrence {
  readonly label: string;
  readonly line: number;
  text: string;
  /** Named between label and colon, in lower case. */
  readonly currency?: string;
  /** The line below an amount that holds nothing but a figure, or begins with one: the rest of this one? */
  goesOnInLine?: number;
}

/** What stands behind a label of money that is in no field. */
export interface MoneyStatement extends Occurrence {
  readonly target: MoneyTarget;
}

export interface TextLine {
  readonly line: number;
  /** Empty for a blank line. */
  readonly text: string;
}

export interface Scan {
  readonly occurrences: ReadonlyMap<FieldName, readonly Occurrence[]>;
  /** Labels that stand there more often than is kept: the line where that began. */
  readonly excess: ReadonlyMap<FieldName, number>;
  /** The lines below the heading of the items; undefined where no heading is. */
  readonly itemLines: readonly TextLine[] | undefined;
  /** There are more lines of items than are read. */
  readonly tooManyItems: boolean;
  readonly money: readonly MoneyStatement[];
  /** There are more of them than are kept: the line where that began. */
  readonly moneyExcess: number | undefined;
  /** The first heading or label of what is no invoice. */
  readonly refused: TextLine | undefined;
  /** The first lines that belong to nothing, and how many there are. */
  readonly unread: readonly TextLine[];
  readonly unreadCount: number;
}

/** More of one label than any invoice has; what stands behind further ones is not looked at. */
export const MAX_OCCURRENCES = 50;
/** Labels of money that is in no field. */
export const MAX_STATEMENTS = 1_000;
/** Characters of one value; what reads it says that it is too long. */
const MAX_VALUE = 4_000;
const MAX_ITEM_LINES = 200_000;
/** Characters of a line that is nothing but a heading, spaces around it included. */
const MAX_HEADING = 100;
const MAX_LISTED_UNREAD = 20;

/** Sorts the lines of a file into values of fields, lines of items, and the rest. One pass, nothing is judged yet. */
export const scanInvoice = (text: string, layout: Layout): Scan => {
  const occurrences = new Map<FieldName, Occurrence[]>();
  const excess = new Map<FieldName, number>();
  const unread: TextLine[] = [];
  let unreadCount = 0;
  let tooManyItems = false;
  let itemLines: TextLine[] | undefined;
  let open: OpenValue | undefined;
  let inItems = false;
  let figureAbove: Occurrence | undefined;
  let refused: TextLine | undefined;
  const money: MoneyStatement[] = [];
  let moneyExcess: number | undefined;

  const addItemLine = (line: number, content: string): void => {
    itemLines ??= [];
    if (itemLines.length >= MAX_ITEM_LINES) tooManyItems = true;
    else if (content !== "" || itemLines.at(-1)?.text !== "") itemLines.push({ line, text: content });
  };

  const addLabels = (line: string, number: number, labels: readonly LabelOnLine[]): void => {
    for (const [index, { target, valueStart, currency }] of labels.entries()) {
      const next = labels[index + 1]?.start;
      const { field, label } = target;
      const isMoney = field === "payable" || field === "adjustment";
      const kind = isMoney ? "amount" : field === "items" ? "items" : layout.fields.get(field)?.kind;
      const clean = kind === "amount" ? collapseToGaps : collapseSpaces;
      const whole = clean(line.slice(valueStart, Math.min(next ?? line.length, valueStart + MAX_VALUE)));
      const value = next === undefined ? whole : withoutSeparator(whole);
      open = undefined;
      if (isMoney) {
        // Items may go on below: `Discount: 0` between two of them ends nothing.
        const statement = { target: field, label, line: number, text: value };
        if (money.length < MAX_STATEMENTS) money.push(statement);
        else moneyExcess ??= number;
        open = { occurrence: statement, clean, wraps: false, isAmount: false };
        continue;
      }
      inItems = field === "items";
      if (field === "items") {
        itemLines ??= [];
        if (value !== "") addItemLine(number, value);
        continue;
      }
      const occurrence = { label, line: number, text: value, ...(currency !== undefined && { currency }) };
      if (!keep(occurrences, field, occurrence) && !excess.has(field)) excess.set(field, number);
      const wraps = kind === "text" || kind === "words";
      open = { occurrence, clean, wraps, isAmount: kind === "amount" };
    }
  };

  for (const { number, start, end } of linesOf(text)) {
    const line = text.slice(start, end);
    if (line.trim() === "") {
      if (open !== undefined && open.occurrence.text !== "") open = undefined;
      if (inItems) addItemLine(number, "");
      continue;
    }
    if (inItems && layout.itemTable === undefined && readMarker(line) !== undefined) {
      addItemLine(number, line);
      continue;
    }
    const labels = isItemsHeading(line, layout) ? [HEADING(line)] : findLabels(line, layout);
    const above = figureAbove;
    figureAbove = undefined;
    if (above !== undefined && isNothingButFigure(line.slice(0, labels[0]?.start), layout)) {
      above.goesOnInLine = number;
    }
    const heading = refused === undefined ? findRefused(line, layout, inItems) : undefined;
    if (heading !== undefined) refused = { line: number, text: heading };
    if (labels.length > 0) {
      addLabels(line, number, labels);
      figureAbove = amountIn(open);
    } else if (inItems) addItemLine(number, line);
    else if (open !== undefined && heading === undefined && mayGoOn(open, line)) {
      extend(open, line);
      figureAbove = amountIn(open);
    } else if (line.length > MAX_HEADING || !layout.headings.has(foldLabel(line))) {
      unreadCount += 1;
      if (unread.length < MAX_LISTED_UNREAD) unread.push({ line: number, text: line });
    }
  }
  return {
    occurrences,
    excess,
    itemLines,
    tooManyItems,
    money,
    moneyExcess,
    refused,
    unread,
    unreadCount,
  };
};

interface OpenValue {
  readonly occurrence: Occurrence;
  readonly clean: (text: string) => string;
  /** Texts go on in the next lines; ids, dates and amounts only begin there. */
  readonly wraps: boolean;
  readonly isAmount: boolean;
}

const amountIn = (open: OpenValue | undefined): Occurrence | undefined =>
  open?.isAmount && open.occurrence.text !== "" ? open.occurrence : undefined;

/** A line with a colon has a label of its own, if an unknown one: `Order Date: …` is no part of the name above. */
const mayGoOn = ({ occurrence, wraps }: OpenValue, line: string): boolean =>
  occurrence.text === "" || (wraps && !line.includes(":"));

/** False where there are too many. */
const keep = (all: Map<FieldName, Occurrence[]>, field: FieldName, occurrence: Occurrence): boolean => {
  const list = all.get(field);
  if (list === undefined) all.set(field, [occurrence]);
  else if (list.length < MAX_OCCURRENCES) list.push(occurrence);
  else return false;
  return true;
};

const extend = ({ occurrence, clean }: OpenValue, line: string): void => {
  if (occurrence.text.length > MAX_VALUE) return;
  const more = clean(line.slice(0, MAX_VALUE));
  occurrence.text = occurrence.text === "" ? more : `${occurrence.text} ${more}`;
};

/** What sets a value apart from the next label on its line is not part of it. */
const withoutSeparator = (value: string): string =>
  value.endsWith(";") || value.endsWith(",") || value.endsWith("|") ? value.slice(0, -1).trimEnd() : value;

/** The items' label needs no colon where it stands alone. */
const isItemsHeading = (line: string, layout: Layout): boolean =>
  line.length <= MAX_HEADING && layout.itemLabels.has(foldLabel(line));

const HEADING = (line: string): LabelOnLine => ({
  target: { field: "items", label: line } satisfies LabelTarget,
  start: 0,
  valueStart: line.length,
});
