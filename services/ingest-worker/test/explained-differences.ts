/** Why another parser comes to another verdict on a hostile file, and why ours stays as it is. */
const NOT_UTF8 =
  "Papa Parse is given text, in which the bytes that are not UTF-8 have become U+FFFD; it would load a name that nobody wrote. We refuse the file and say so.";
const HINT =
  "Papa Parse takes Excel's `sep=` line for the header. We step over it, and find the separator in the header itself.";
const LINE_ENDS =
  "Papa Parse takes one line end, guessed from the beginning, for the whole file, so rows that end otherwise run together. We end a row at LF and CRLF anywhere, and at CR where the header ends with one.";
const BROKEN_QUOTE =
  "Text follows a closing quote. Papa Parse goes on to a quote further down and swallows the rows between; we refuse the row and go on in the next line.";
const LIMIT = "Papa Parse has no such limit; ours keeps memory bounded (see decision 4).";
const EMPTY_CELLS =
  "Papa Parse passes over rows without any text in their cells, also quoted; we refuse and report them, since somebody wrote the separators or quotes.";

/** By the file's name in the corpus. */
export const explainedDifferences: Readonly<Record<string, string>> = {
  "Latin-1": NOT_UTF8,
  "Windows-1252 quotes": NOT_UTF8,
  Shift_JIS: NOT_UTF8,
  "an overlong slash": NOT_UTF8,
  "an overlong NUL": NOT_UTF8,
  "a lone surrogate": NOT_UTF8,
  "a code point above U+10FFFF": NOT_UTF8,
  "a character cut by the file's end": NOT_UTF8,
  "the last byte of many is wrong": NOT_UTF8,
  "a header behind Excel's hint": HINT,
  "a hint at another separator than the header's": HINT,
  "LF behind a header that ends with CRLF": LINE_ENDS,
  "every line end there is, behind a header that ends with CR": LINE_ENDS,
  "text behind a closing quote": BROKEN_QUOTE,
  "backslashes before quotes, as MySQL writes them": BROKEN_QUOTE,
  "two unclosed quotes close each other": BROKEN_QUOTE,
  "blanks around quotes":
    "Papa Parse takes a quote behind a blank for a part of the name. People align columns with blanks, and no name is meant to begin with a blank and a quote, so we take the quotes for quotes.",
  "10,000 columns of two letters, a row over 64 KiB": LIMIT,
  "a header over 64 KiB of 40,000 columns": LIMIT,
  "10,001 stores": LIMIT,
  "a row of separators": EMPTY_CELLS,
  "100,000 rows that are one quote each": EMPTY_CELLS,
  "100,000 rows that are two quotes each": EMPTY_CELLS,
};
