import type { FieldName } from "@stockwire/contracts/invoice";
import { holdsInvisible, isVisible } from "@stockwire/contracts/names";
import type { Findings } from "../findings.ts";
import type { Occurrence } from "../parse/scan-invoice.ts";
import { hasForbidden, isSpace } from "../text/characters.ts";

/** Characters of a name or an amount in words. */
const MAX_TEXT = 1_000;
/** Bytes of an id: two of them, percent-encoded, fit an object key. */
const MAX_IDENTIFIER_BYTES = 128;

/** A text as it stands there, or undefined with the problem told. */
export const readTextField = (
  field: FieldName,
  { text, line }: Occurrence,
  findings: Findings,
): string | undefined => {
  const report = (code: string, message: string): undefined => {
    findings.problem({ code, message, line, field });
    return undefined;
  };
  if (text.length > MAX_TEXT) {
    return report("value_too_long", `${field} has more than ${MAX_TEXT} characters; shorten it`);
  }
  if (hasForbidden(text)) {
    return report("control_character", `${field} holds a control character or an invisible mark; remove it`);
  }
  return text;
};

/** An id: one word, of characters that show, and one that an address can name. */
export const readIdentifier = (
  field: FieldName,
  occurrence: Occurrence,
  findings: Findings,
): string | undefined => {
  const text = readTextField(field, occurrence, findings);
  if (text === undefined) return undefined;
  const id = withoutSeparators(text);
  const report = (code: string, message: string): undefined => {
    findings.problem({ code, message, line: occurrence.line, field });
    return undefined;
  };
  if (Buffer.byteLength(id) > MAX_IDENTIFIER_BYTES) {
    return report("value_too_long", `${field} has more than ${MAX_IDENTIFIER_BYTES} bytes; shorten it`);
  }
  if (holdsInvisible(id)) {
    return report("control_character", `${field} holds an invisible character; type it again`);
  }
  for (const character of id) {
    if (isSpace(character)) {
      return report(
        "bad_identifier",
        `${field} has a space in it; an id is one word, with nothing behind it`,
      );
    }
  }
  // Paths drop `.` and `..`, so that nobody could ask for the invoice.
  if (!isVisible(id) || isDots(id)) {
    return report("bad_identifier", `${field} is "${id}"; an id needs a letter or a digit`);
  }
  return id;
};

const withoutSeparators = (text: string): string => {
  let end = text.length;
  while (end > 0 && (text[end - 1] === "," || text[end - 1] === ";" || isSpace(text[end - 1]))) end -= 1;
  return text.slice(0, end);
};

const isDots = (id: string): boolean => {
  for (const character of id) if (character !== ".") return false;
  return true;
};
