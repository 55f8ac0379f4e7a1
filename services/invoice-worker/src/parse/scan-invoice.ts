import type { FieldName } from "@stockwire/contracts/invoice";
import { readMarker } from "../items/item-marker.ts";
import { foldLabel } from "../layout/label-index.ts";
import type { LabelTarget, Layout } from "../layout/layout.ts";
import { collapseSpaces } from "../text/characters.ts";
import { linesOf } from "../text/lines.ts";
import { findLabels, type LabelOnLine } from "./find-labels.ts";

/** What stands behind one label, wrapped lines joined, white space collapsed. */
export interface Occurrence {
  readonly label: string;
  readonly line: number;
  text: string;
}

export interface TextLine {
  readonly line: number;
  /** Empty for a blank line. */
  readonly text: string;
}

export interface Scan {
  readonly occurrences: ReadonlyMap<FieldName, readonly Occurrence[]>;
  /** The lines below the heading of the items; undefined where no heading is. */
  readonly itemLines: readonly TextLine[] | undefined;
  /** There are more lines of items than are read. */
  readonly tooManyItems: boolean;
  /** The first lines that belong to nothing, and how many there are. */
  readonly unread: readonly TextLine[];
  readonly unreadCount: number;
}

/** More of one label than any invoice has: further ones are only there to be reported as repeated. */
const MAX_OCCURRENCES = 50;
/** Characters of one value; what reads it says that it is too long. */
const MAX_VALUE = 4_000;
const MAX_ITEM_LINES = 200_000;
/** Characters of a line that is nothing but a heading, spaces around it included. */
const MAX_HEADING = 100;
const MAX_LISTED_UNREAD = 20;

/** Sorts the lines of a file into values of fields, lines of items, and the rest. One pass, nothing is judged yet. */
export const scanInvoice = (text: string, layout: Layout): Scan => {
  const occurrences = new Map<FieldName, Occurrence[]>();
  const unread: TextLine[] = [];
  let unreadCount = 0;
  let tooManyItems = false;
  let itemLines: TextLine[] | undefined;
  let open: OpenValue | undefined;
  let inItems = false;

  const addItemLine = (line: number, content: string): void => {
    itemLines ??= [];
    if (itemLines.length >= MAX_ITEM_LINES) tooManyItems = true;
    else if (content !== "" || itemLines.at(-1)?.text !== "") itemLines.push({ line, text: content });
  };

  const addLabels = (line: string, number: number, labels: readonly LabelOnLine[]): void => {
    for (const [index, { target, valueStart }] of labels.entries()) {
      const next = labels[index + 1]?.start;
      const whole = collapseSpaces(
        line.slice(valueStart, Math.min(next ?? line.length, valueStart + MAX_VALUE)),
      );
      const value = next === undefined ? whole : withoutSeparator(whole);
      open = undefined;
      inItems = target.field === "items";
      if (target.field === "items") {
        itemLines ??= [];
        if (value !== "") addItemLine(number, value);
        continue;
      }
      const occurrence = { label: target.label, line: number, text: value };
      keep(occurrences, target.field, occurrence);
      const kind = layout.fields.get(target.field)?.kind;
      open = { occurrence, wraps: kind === "text" || kind === "words" };
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
    if (labels.length > 0) addLabels(line, number, labels);
    else if (inItems) addItemLine(number, line);
    else if (open !== undefined && mayGoOn(open, line)) extend(open.occurrence, line);
    else if (line.length > MAX_HEADING || !layout.headings.has(foldLabel(line))) {
      unreadCount += 1;
      if (unread.length < MAX_LISTED_UNREAD) unread.push({ line: number, text: line });
    }
  }
  return { occurrences, itemLines, tooManyItems, unread, unreadCount };
};

interface OpenValue {
  readonly occurrence: Occurrence;
  /** Texts go on in the next lines; ids, dates and amounts only begin there. */
  readonly wraps: boolean;
}

/** A line with a colon has a label of its own, if an unknown one: `Order Date: …` is no part of the name above. */
const mayGoOn = ({ occurrence, wraps }: OpenValue, line: string): boolean =>
  occurrence.text === "" || (wraps && !line.includes(":"));

const keep = (all: Map<FieldName, Occurrence[]>, field: FieldName, occurrence: Occurrence): void => {
  const list = all.get(field);
  if (list === undefined) all.set(field, [occurrence]);
  else if (list.length < MAX_OCCURRENCES) list.push(occurrence);
};

const extend = (occurrence: Occurrence, line: string): void => {
  if (occurrence.text.length > MAX_VALUE) return;
  const more = collapseSpaces(line.slice(0, MAX_VALUE));
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
