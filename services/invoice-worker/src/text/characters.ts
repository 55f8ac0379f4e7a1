/** What single characters are. Text is walked by hand: no pattern in this service can backtrack. */

const ZERO = 48;
const NINE = 57;
const SPACE_SEPARATOR = /\p{Zs}/u;
const LETTER = /\p{L}|\p{M}/u;
const CURRENCY_SIGN = /\p{Sc}/u;
/** Controls, line and paragraph separators, invisible marks, and marks that turn the reading direction around. */
const FORBIDDEN =
  /[[\p{Cc}--[\t\n\f\r]]\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/v;

/** ASCII digits only: other scripts' digits look alike and are not what the amounts mean. */
const isDigitCode = (code: number): boolean => code >= ZERO && code <= NINE;
export const isDigit = (character: string | undefined): boolean =>
  character !== undefined && character.length === 1 && isDigitCode(character.charCodeAt(0));

export const areDigits = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) if (!isDigitCode(text.charCodeAt(at))) return false;
  return text.length > 0;
};

/** Space, tab, form feed, no-break space and the other space separators. */
export const isSpace = (character: string | undefined): boolean => {
  if (character === undefined) return false;
  if (character === " " || character === "\t" || character === "\f") return true;
  return character.charCodeAt(0) >= 128 && SPACE_SEPARATOR.test(character);
};

export const isLetter = (character: string | undefined): boolean => {
  if (character === undefined) return false;
  const code = character.charCodeAt(0);
  if (code < 128) return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  // Half of a surrogate pair: a letter of another plane, or an emoji, which no label borders on either.
  return (code >= 0xd800 && code <= 0xdfff) || LETTER.test(character);
};

export const isCurrencySign = (character: string): boolean =>
  character === "$" || (character.charCodeAt(0) >= 128 && CURRENCY_SIGN.test(character));

/** Finds a character that no invoice has a use for and that could hide what it says. */
export const hasForbidden = (text: string): boolean => FORBIDDEN.test(text);

/** Every run of white space becomes one space; none at the ends. */
export const collapseSpaces = (text: string): string =>
  isCollapsed(text) ? text : joinWords(text, () => " ");

/**
 * Like `collapseSpaces`, but a tab or several spaces become two: `7 650` is one figure, what stands in two columns
 * is two.
 */
export const collapseToGaps = (text: string): string =>
  isCollapsed(text) ? text : joinWords(text, (gap) => (gap.length > 1 || gap === "\t" ? "  " : " "));

const joinWords = (text: string, between: (gap: string) => string): string => {
  const parts: string[] = [];
  let from = -1;
  let end = 0;
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (character !== undefined && !isSpace(character)) {
      if (from >= 0) continue;
      from = at;
      if (parts.length > 0) parts.push(between(text.slice(end, at)));
    } else if (from >= 0) {
      parts.push(text.slice(from, at));
      from = -1;
      end = at;
    }
  }
  // Joined rather than added up: a sum of strings keeps all its parts in memory.
  return parts.join("");
};

const isCollapsed = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) {
    if (!isSpace(text[at])) continue;
    if (text[at] !== " " || at === 0 || at === text.length - 1 || isSpace(text[at + 1])) return false;
  }
  return true;
};

/** Like `trim`, for text that no longer fits comfortably in a message. No character is cut in half. */
export const shorten = (text: string, limit = 60): string => {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return `${text.slice(0, isHalf ? limit - 1 : limit).trimEnd()}…`;
};
