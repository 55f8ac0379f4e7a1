/** What makes a spreadsheet take a cell for a formula, full-width forms included. */
const FORMULA_STARTS = new Set(["=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20"]);

/**
 * A text as a CSV cell: line breaks, other controls and backslashes (Athena's escape character) become spaces, and
 * what a spreadsheet would run as a formula gets an apostrophe before it: at the beginning, and behind each `;`, where
 * spreadsheets of half of Europe begin a new cell whatever the quotes say. Not for amounts, which are digits. Doing it
 * twice changes nothing more.
 */
export const neutraliseCell = (text: string): string => {
  const cell = holdsBreak(text) ? Array.from(text, (one) => (breaksLine(one) ? " " : one)).join("") : text;
  const isFormula = FORMULA_STARTS.has(text.charAt(0)) || FORMULA_STARTS.has(cell.trimStart().charAt(0));
  const neutral = neutraliseBehindSemicolons(cell);
  return isFormula ? `'${neutral}` : neutral;
};

const neutraliseBehindSemicolons = (cell: string): string => {
  const pieces = cell.split(";");
  return pieces.map((piece, index) => (index > 0 && beginsFormula(piece) ? `'${piece}` : piece)).join(";");
};

/** Where a cell begins, quotes are taken off before what is in them is looked at. */
const beginsFormula = (piece: string): boolean => {
  let at = 0;
  while (at < piece.length && (piece[at] === '"' || piece.charAt(at).trim() === "")) at += 1;
  return FORMULA_STARTS.has(piece.charAt(at));
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
