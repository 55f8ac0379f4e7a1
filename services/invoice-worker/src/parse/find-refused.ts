import { foldCharacter, isIgnoredInLabel, type LabelNode } from "../layout/label-index.ts";
import type { Layout } from "../layout/layout.ts";
import { isDigit, isLetter, isSpace } from "../text/characters.ts";

/** Characters of a heading, spaces inside it included, and of what is looked at behind it. */
const MAX_REACH = 100;
const MAX_WORDS = 4;

/**
 * A heading of what is no invoice (`CREDIT NOTE`), or a label that begins with one (`Credit Note No: 7`): at the
 * beginning of the line, behind a gap, or as the whole value of a label (`Type: Credit Note`). A sentence that begins
 * so is neither.
 * @param onlyAlone where a line may be part of an item's name: it must say nothing else
 */
export const findRefused = (line: string, layout: Layout, onlyAlone: boolean): string | undefined => {
  let mayBegin = true;
  let isValue = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at];
    if (isLetter(character)) {
      const end = mayBegin ? endOfRefused(line, at, layout) : undefined;
      if (end !== undefined) {
        const rest = line.slice(end, end + MAX_REACH);
        const isRefused = isValue || onlyAlone ? countWords(rest) === 0 : isHeadingOrLabel(rest);
        if (isRefused) return line.slice(at, end);
      }
      mayBegin = false;
    } else if (isDigit(character)) mayBegin = false;
    else if (character === "\t" || (isSpace(character) && isSpace(line[at - 1]))) {
      mayBegin = !onlyAlone || mayBegin;
      isValue = false;
    } else if (character === ":" && !onlyAlone) {
      mayBegin = true;
      isValue = true;
    }
  }
  return undefined;
};

const endOfRefused = (line: string, start: number, layout: Layout): number | undefined => {
  let node: LabelNode<string> | undefined = layout.refused;
  let end: number | undefined;
  for (let at = start; at < Math.min(line.length, start + MAX_REACH); at++) {
    const character = line.charAt(at);
    if (isIgnoredInLabel(character)) continue;
    node = node.next.get(foldCharacter(character));
    if (node === undefined) break;
    if (node.target !== undefined && !isLetter(line[at + 1])) end = at + 1;
  }
  return end;
};

const isHeadingOrLabel = (rest: string): boolean => {
  const words = countWords(rest);
  if (words === 0 || rest.includes(":") || rest.includes("=") || rest.includes("\t")) return true;
  if (words > MAX_WORDS) return false;
  for (const character of rest) if (isDigit(character)) return true;
  return false;
};

const countWords = (text: string): number => {
  let words = 0;
  let isInside = false;
  for (const character of text) {
    if (isSpace(character)) isInside = false;
    else if (!isInside && (isLetter(character) || isDigit(character))) {
      isInside = true;
      words += 1;
    }
  }
  return words;
};
