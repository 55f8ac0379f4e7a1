import type { FieldName } from "@stockwire/contracts/invoice";
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

/** An id: one word. */
export const readIdentifier = (
  field: FieldName,
  occurrence: Occurrence,
  findings: Findings,
): string | undefined => {
  const text = readTextField(field, occurrence, findings);
  if (text === undefined) return undefined;
  const id = text.endsWith(",") || text.endsWith(";") ? text.slice(0, -1) : text;
  const report = (code: string, message: string): undefined => {
    findings.problem({ code, message, line: occurrence.line, field });
    return undefined;
  };
  if (Buffer.byteLength(id) > MAX_IDENTIFIER_BYTES) {
    return report("value_too_long", `${field} has more than ${MAX_IDENTIFIER_BYTES} bytes; shorten it`);
  }
  for (const character of id) {
    if (isSpace(character)) {
      return report(
        "bad_identifier",
        `${field} has a space in it; an id is one word, with nothing behind it`,
      );
    }
  }
  return id;
};
