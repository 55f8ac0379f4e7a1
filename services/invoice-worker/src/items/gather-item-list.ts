import type { Findings } from "../findings.ts";
import type { Layout } from "../layout/layout.ts";
import type { TextLine } from "../parse/scan-invoice.ts";
import { collapseSpaces, shorten } from "../text/characters.ts";
import { createCandidate, type ItemCandidate } from "./conventions.ts";
import { findInnerMarkers, type MarkerStyle, readMarker } from "./item-marker.ts";
import { readItemText } from "./read-item-text.ts";

/** Lines and characters of one item, name and figures together. */
const MAX_LINES = 20;
const MAX_CHARACTERS = 1_000;

interface OpenItem {
  readonly number: string;
  readonly line: number;
  readonly lines: { readonly line: number; readonly text: string }[];
  size: number;
  /** How its number is written. */
  readonly style: MarkerStyle;
  /** The number of another item that seems to begin inside of it. */
  runsOnTo?: string;
}

/** Reads a numbered list, `1) name, price, tax`, whose items may go on over several lines. */
export const gatherItemList = (
  lines: readonly TextLine[],
  layout: Layout,
  findings: Findings,
): ItemCandidate[] => {
  const items: ItemCandidate[] = [];
  let open: OpenItem | undefined;
  let isAfterBlank = false;
  let hasBegun = false;

  const close = (): void => {
    const item = open === undefined ? undefined : readLines(open, layout, findings);
    if (item !== undefined) items.push(item);
    open = undefined;
  };
  const isComplete = (item: OpenItem): boolean => {
    if (item.size > MAX_CHARACTERS) return true;
    const { readings, isDamaged } = readItemText(textOf(item.lines), layout);
    return isDamaged || readings.some(Boolean);
  };

  /** Two items on one line are two where the next number stands behind a whole item; what else may be is reported. */
  const splitOff = (): void => {
    while (open !== undefined) {
      const item: OpenItem = open;
      const last = item.lines.at(-1);
      if (last === undefined) return;
      const { line, text } = last;
      const parts = findInnerMarkers(text, item.style).map(({ number, start, textStart }) => {
        const head = text.slice(0, start).trimEnd();
        const size = item.size - text.length + head.length;
        const whole = { ...item, size, lines: [...item.lines.slice(0, -1), { line, text: head }] };
        return { number, rest: text.slice(textStart), whole };
      });
      const inner = parts.find(({ whole }) => isComplete(whole));
      if (inner === undefined) return;
      const { number, rest, whole } = inner;
      if (!follows(item.number, number) || whole.lines.at(-1)?.text.endsWith(",")) {
        item.runsOnTo = number;
        return;
      }
      open = whole;
      close();
      open = { number, line, lines: [{ line, text: rest }], size: rest.length, style: item.style };
    }
  };

  for (const { line, text } of lines) {
    if (text === "") {
      isAfterBlank = true;
      continue;
    }
    const marker = readMarker(text);
    const wraps =
      open !== undefined &&
      (marker === undefined || !follows(open.number, marker.number)) &&
      open.lines.length < MAX_LINES &&
      (marker === undefined ? !(isAfterBlank && isComplete(open)) : !isAfterBlank && !isComplete(open));
    if (wraps) {
      open?.lines.push({ line, text });
      if (open !== undefined) open.size += text.length;
      splitOff();
    } else if (marker !== undefined) {
      close();
      hasBegun = true;
      const rest = text.slice(marker.textStart);
      const { number, style } = marker;
      open = { number, line, lines: [{ line, text: rest }], size: rest.length, style };
      splitOff();
    } else if (!hasBegun) {
      findings.problem(
        problem(
          line,
          "bad_item",
          `"${shorten(text.trim())}" is not numbered; write 1) before the first item`,
        ),
      );
    } else {
      close();
      findings.note(unread(line, text));
    }
    isAfterBlank = false;
  }
  close();
  return items;
};

/** Above `1)` stands nothing or `0)`; a wrapped line that begins like `500)` does not follow. */
const follows = (previous: string, next: string): boolean => Number(next) === Number(previous) + 1;

/** Joins the lines; lines behind an item that was complete without them are not part of it. */
const readLines = (item: OpenItem, layout: Layout, findings: Findings): ItemCandidate | undefined => {
  const { number, line } = item;
  if (item.size > MAX_CHARACTERS) {
    findings.problem(problem(line, "bad_item", `item ${number} has more than ${MAX_CHARACTERS} characters`));
    return undefined;
  }
  if (item.runsOnTo !== undefined) {
    const message =
      `item ${number} seems to hold item ${item.runsOnTo} as well, in "${shorten(textOf(item.lines))}"; ` +
      "begin each item on a line of its own";
    findings.problem(problem(line, "bad_item", message));
    return undefined;
  }
  const report = (why: string): undefined => {
    const message =
      `item ${number} ${why} in "${shorten(textOf(item.lines))}"; ` +
      "write name, price and tax with a comma and a space between them";
    findings.problem(problem(line, "bad_item", message));
    return undefined;
  };
  let found: { readonly candidate: ItemCandidate; readonly count: number } | undefined;
  for (let count = item.lines.length; count > 0; count--) {
    const goesOn =
      count < item.lines.length && (item.lines[count - 1]?.text.trimEnd().endsWith(",") ?? false);
    if (goesOn) continue;
    const { readings, isDamaged } = readItemText(textOf(item.lines.slice(0, count)), layout);
    // Whatever the other lines make of it: one of them ends with a figure that cannot be read.
    if (isDamaged) return report("has a figure that cannot be read");
    const candidate = found === undefined ? createCandidate(number, line, readings) : undefined;
    if (candidate !== undefined) found = { candidate, count };
  }
  if (found === undefined) return report("has no price that can be read");
  for (const left of item.lines.slice(found.count)) findings.note(unread(left.line, left.text));
  return found.candidate;
};

const textOf = (lines: OpenItem["lines"]): string => {
  let text =
    lines.length === 1 ? (lines[0]?.text ?? "").trim() : lines.map((part) => part.text.trim()).join(" ");
  while (",;.".includes(text.at(-1) ?? " ")) text = text.slice(0, -1).trimEnd();
  return text;
};

const problem = (line: number, code: string, message: string) => ({
  code,
  message,
  line,
  field: "items" as const,
});

const unread = (line: number, text: string) =>
  problem(line, "unread_line", `"${shorten(collapseSpaces(text))}" belongs to no item and was not read`);
