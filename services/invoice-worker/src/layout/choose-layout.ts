import { type Scan, scanInvoice } from "../parse/scan-invoice.ts";
import type { Layout } from "./layout.ts";

export interface ChosenLayout {
  readonly layout: Layout;
  readonly scan: Scan;
  /** For people: how every layout did. */
  readonly because: string;
}

/**
 * The layout whose labels the file has: most required fields, then most fields, then the first in the given order
 * (`loadLayouts` puts the default first). Undefined where the file has no label of any layout.
 */
export const chooseLayout = (text: string, layouts: readonly Layout[]): ChosenLayout | undefined => {
  let best: { layout: Layout; scan: Scan; required: number; found: number } | undefined;
  const results: string[] = [];
  for (const layout of layouts) {
    const scan = scanInvoice(text, layout);
    const { required, found } = countFields(scan, layout);
    results.push(`${layout.name} has ${found} of its ${layout.fields.size + 1} fields in the file`);
    const isBetter =
      best === undefined || required > best.required || (required === best.required && found > best.found);
    if (found > 0 && isBetter) best = { layout, scan, required, found };
  }
  return best && { layout: best.layout, scan: best.scan, because: results.join("; ") };
};

const countFields = (scan: Scan, layout: Layout): { required: number; found: number } => {
  const names = [...scan.occurrences.keys()];
  const hasItems = scan.itemLines !== undefined;
  const required = names.filter((name) => layout.fields.get(name)?.required === true).length;
  return {
    required: required + (hasItems && layout.itemsRequired ? 1 : 0),
    found: names.length + (hasItems ? 1 : 0),
  };
};
