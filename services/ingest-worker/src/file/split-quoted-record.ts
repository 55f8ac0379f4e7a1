/**
 * Splits one record by the letter of RFC 4180, blanks around quotes allowed. Used only where a cell begins with a
 * quote after csv-parse's relaxed reading, which keeps `"a"b` and `"a" ` alike as they stand.
 * @param text the record without its line ending
 * @returns the cells; undefined where text follows a closing quote
 */
export const splitQuotedRecord = (text: string, delimiter: string): string[] | undefined => {
  const cells: string[] = [];
  let position = 0;
  for (;;) {
    while (text[position] === " ") position += 1;
    if (text[position] === '"') {
      const end = closingQuote(text, position + 1);
      cells.push(text.slice(position + 1, end).replaceAll('""', '"'));
      position = end + 1;
      while (text[position] === " ") position += 1;
      if (position < text.length && text[position] !== delimiter) return undefined;
    } else {
      const next = text.indexOf(delimiter, position);
      const end = next === -1 ? text.length : next;
      cells.push(text.slice(position, end).trim());
      position = end;
    }
    if (position >= text.length) return cells;
    position += 1;
    if (position === text.length) return [...cells, ""];
  }
};

/** Index of the quote that closes, two in a row being one; the text's end where none does. */
const closingQuote = (text: string, from: number): number => {
  for (let index = text.indexOf('"', from); index !== -1; index = text.indexOf('"', index + 2)) {
    if (text[index + 1] !== '"') return index;
  }
  return text.length;
};
