import Value from "typebox/value";
import { foldLabel } from "./label-index.ts";
import { type FieldTemplate, LayoutTemplate } from "./layout-schema.ts";

/** A template is unusable; one line, naming the file, the place in it and what is wrong there. */
export class LayoutError extends Error {
  override readonly name = "LayoutError";
}

const KINDS: Readonly<Record<FieldTemplate["field"], readonly FieldTemplate["kind"][]>> = {
  customer_id: ["identifier"],
  invoice_id: ["identifier"],
  date: ["date"],
  from: ["text"],
  to: ["text"],
  amount: ["amount"],
  tax: ["amount"],
  total: ["amount"],
  in_words: ["words", "text"],
};
/** Without these there is nothing to file an invoice under, and nothing to report. */
const ALWAYS_REQUIRED = ["customer_id", "invoice_id", "date", "amount", "total"] as const;

/** @param source what to call the template in an error, usually its file name */
export const checkTemplate = (content: unknown, source: string): LayoutTemplate => {
  if (!Value.Check(LayoutTemplate, content)) throw new LayoutError(`${source}: ${schemaFault(content)}`);
  const fault = meaningFault(content);
  if (fault !== undefined) throw new LayoutError(`${source}: ${fault}`);
  return content;
};

const schemaFault = (content: unknown): string => {
  const errors = Value.Errors(LayoutTemplate, content);
  // The deepest place says most: a field that fits no kind of template fails at its top as well.
  const deepest = errors.reduce<(typeof errors)[number] | undefined>(
    (found, error) => (depth(error.instancePath) > depth(found?.instancePath ?? "") ? error : found),
    errors[0],
  );
  if (deepest === undefined) return "does not fit the schema of a layout";
  const allowed = "allowedValues" in deepest.params ? `: ${deepest.params.allowedValues.join(", ")}` : "";
  const place = deepest.instancePath === "" ? "" : `${deepest.instancePath.slice(1).replaceAll("/", ".")} `;
  return `${place}${deepest.message}${allowed}`;
};

const depth = (path: string): number => path.split("/").length;

const meaningFault = (template: LayoutTemplate): string | undefined => {
  const seen = new Set<string>();
  const owners = new Map<string, string>();
  for (const [index, { field, kind, labels }] of template.fields.entries()) {
    const place = `fields.${index}`;
    if (seen.has(field)) return `${place}.field names ${field} a second time`;
    seen.add(field);
    if (field !== "items" && !KINDS[field].some((allowed) => allowed === kind)) {
      return `${place}.kind is ${kind}; ${field} must be ${KINDS[field].join(" or ")}`;
    }
    for (const label of labels) {
      const folded = foldLabel(label.normalize("NFC"));
      if (folded === "" || folded.includes(":")) return `${place}.labels: "${label}" cannot be a label`;
      const owner = owners.get(folded) ?? field;
      if (owner !== field) return `${place}.labels: "${label}" already belongs to ${owner}`;
      owners.set(folded, field);
    }
  }
  for (const [place, labels] of [
    ["unread.payable", template.unread?.payable],
    ["unread.adjustments", template.unread?.adjustments],
    ["refused", template.refused],
  ] as const) {
    for (const label of labels ?? []) {
      const folded = foldLabel(label.normalize("NFC"));
      if (folded === "" || folded.includes(":")) return `${place}: "${label}" cannot be a label`;
      const owner = owners.get(folded);
      if (owner !== undefined) return `${place}: "${label}" already belongs to ${owner}`;
      if (place !== "refused") owners.set(folded, place);
    }
  }
  for (const field of ALWAYS_REQUIRED) {
    const found = template.fields.find((entry) => entry.field === field);
    if (found === undefined) return `fields has no ${field}`;
    if (!found.required) return `the field ${field} must be required`;
  }
  return undefined;
};
