import { foldCharacter, isIgnoredInLabel, type LabelNode } from "../layout/label-index.ts";
import type { LabelTarget, Layout } from "../layout/layout.ts";
import { isDigit, isLetter, isSpace } from "../text/characters.ts";

export interface LabelOnLine {
  readonly target: LabelTarget;
  /** Where the label begins and where its value does, both on the line. */
  readonly start: number;
  readonly valueStart: number;
  /** Named between the label and its colon, in lower case: `Total (INR):`. */
  readonly currency?: string;
}

const isColon = (character: string): boolean =>
  character === ":" || character === "=" || character === "\uff1a";
/** Longest suffix in parentheses that is looked at: `(18.00 %)`, `(Space Rupees)`. */
const MAX_SUFFIX = 24;
/** Tabs that may end a label: behind a bullet, or inside the label, there is one before it. */
const MAX_TABS = 3;
/** How far back a label is followed: the longest one, generously spaced. */
const MAX_REACH = 200;

/**
 * The labels of one line, from left to right. A label ends with a colon (or `=`; at the beginning of a line a tab
 * will do) and is the longest known one there. The first on a line stands at its beginning or behind a gap: in
 * `Previous Total: 900` nothing is the total. Looks at each character a bounded number of times.
 */
export const findLabels = (line: string, layout: Layout): LabelOnLine[] => {
  const found: LabelOnLine[] = [];
  let from = 0;
  let tabs = 0;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    const isTab = character === "\t" && tabs < MAX_TABS && !isSpace(line[at - 1]);
    if (!isTab && !isColon(character)) continue;
    if (isTab) tabs += 1;
    const label = isTab && found.length > 0 ? undefined : labelBefore(line, from, at, layout);
    if (label !== undefined && (found.length > 0 || mayBegin(line, label.start, isTab))) {
      const afterDash = line.charAt(at + 1) === "-" && (isSpace(line[at + 2]) || at + 2 === line.length);
      found.push({ ...label, valueStart: at + (afterDash ? 2 : 1) });
    }
    // What lies before a colon has been looked at: a second look would make long lines cost more than their length.
    if (!isTab || label !== undefined) from = at + 1;
  }
  return found;
};

/** The longest label that ends at `end`, going back to `from` at most. */
const labelBefore = (
  line: string,
  from: number,
  end: number,
  layout: Layout,
): Omit<LabelOnLine, "valueStart"> | undefined => {
  let found: Omit<LabelOnLine, "valueStart"> | undefined;
  let node: LabelNode<LabelTarget> | undefined = layout.labels;
  const suffix = skipSuffix(line, from, end, layout);
  const last = suffix.start - 1;
  for (let at = last; at >= Math.max(from, last - MAX_REACH); at--) {
    const character = line.charAt(at);
    if (isIgnoredInLabel(character)) continue;
    node = node.next.get(foldCharacter(character));
    if (node === undefined) break;
    const { target } = node;
    if (target !== undefined && isBoundary(line[at - 1]) && mayHave(target, suffix))
      found = { target, start: at, ...(suffix.currency !== undefined && { currency: suffix.currency }) };
  }
  return found;
};

/** `Sub-Total` is not `Total`. */
const isBoundary = (before: string | undefined): boolean =>
  before === undefined || !(isLetter(before) || isDigit(before) || "-_.".includes(before));

interface Suffix {
  /** Where it begins and the label ends. */
  readonly start: number;
  /** A rate alone, or one with words: `less 10%`. */
  readonly holds?: "rate" | "remark";
  readonly currency?: string;
}

/** `Total 50%` and `Amount (incl. 9%)` are not the Total and the Amount. */
const mayHave = ({ field }: LabelTarget, { holds }: Suffix): boolean =>
  holds === undefined ||
  field === "tax" ||
  field === "payable" ||
  field === "adjustment" ||
  (field === "amount" && holds === "rate");

/** Steps over what may stand between label and colon: a rate (`9%`, `@ 9 %`, `(9%)`) or a currency (`(INR)`). */
const skipSuffix = (line: string, from: number, end: number, layout: Layout): Suffix => {
  let at = skipSpaces(line, from, end);
  if (line[at - 1] === ")") {
    const nearest = Math.max(from, at - MAX_SUFFIX);
    const open = nearest + line.slice(nearest, at).lastIndexOf("(");
    if (open < nearest) return { start: at };
    const inside = line.slice(open + 1, at - 1).trim();
    const start = skipSpaces(line, from, open);
    if (inside.endsWith("%")) return { start, holds: isRate(inside) ? "rate" : "remark" };
    const currency = inside.toLowerCase();
    return layout.currencyNames.has(currency) ? { start, currency } : { start: at };
  }
  if (line[at - 1] !== "%") return { start: at };
  at = skipSpaces(line, from, at - 1);
  while (at > from && (isDigit(line[at - 1]) || line[at - 1] === "." || line[at - 1] === ",")) at -= 1;
  at = skipSpaces(line, from, at);
  return { start: line[at - 1] === "@" ? skipSpaces(line, from, at - 1) : at, holds: "rate" };
};

const isRate = (text: string): boolean => {
  for (const character of text) if (!isDigit(character) && !" .,@%".includes(character)) return false;
  return true;
};

const skipSpaces = (line: string, from: number, end: number): number => {
  let at = end;
  while (at > from && isSpace(line[at - 1])) at -= 1;
  return at;
};

const mayBegin = (line: string, start: number, mustBeFirst: boolean): boolean => {
  let at = start - 1;
  while (at >= 0 && !isLetter(line[at]) && !isDigit(line[at])) at -= 1;
  if (at < 0) return true;
  const gap = line.slice(at + 1, start);
  return !mustBeFirst && (gap.includes("  ") || gap.includes("\t") || gap.includes(";") || gap.includes("|"));
};
