/** What a spreadsheet would run as a formula; a number may begin with a sign. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** A cell as RFC 4180 has it, with an apostrophe before what a spreadsheet would take for a formula. */
export const toCell = (text: string): string => {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** Records as CSV with CRLF at the end of each. */
export const toCsv = (records: readonly (readonly string[])[]): string =>
  records.map((record) => `${record.map(toCell).join(",")}\r\n`).join("");
