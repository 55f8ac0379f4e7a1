/** What makes a spreadsheet take a cell for a formula, full-width forms included. */
const FORMULA_STARTS = new Set(["=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20"]);

/**
 * A text as a CSV cell: line breaks, other controls and backslashes (Athena's escape character) become spaces, and
 * what a spreadsheet would run as a formula gets an apostrophe before it. Not for amounts, which are digits.
 */
export const neutraliseCell = (text: string): string => {
  const cell = holdsBreak(text) ? Array.from(text, (one) => (breaksLine(one) ? " " : one)).join("") : text;
  const isFormula = FORMULA_STARTS.has(text.charAt(0)) || FORMULA_STARTS.has(cell.trimStart().charAt(0));
  return isFormula ? `'${cell}` : cell;
};

const holdsBreak = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) if (breaksLine(text.charAt(at))) return true;
  return false;
};

const breaksLine = (character: string): boolean => {
  const code = character.charCodeAt(0);
  const isControl = code < 32 || (code >= 127 && code < 160);
  return character === "\\" || isControl || code === 0x2028 || code === 0x2029;
};
