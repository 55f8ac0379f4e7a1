import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { checkTemplate } from "../src/layout/check-template.ts";
import type { LayoutTemplate } from "../src/layout/layout-schema.ts";
import { loadLayouts, SHIPPED_LAYOUTS } from "../src/layout/load-layouts.ts";

const template = (): LayoutTemplate =>
  JSON.parse(readFileSync(join(SHIPPED_LAYOUTS, "default.json"), "utf8")) as LayoutTemplate;

/** The error for the default template after a change. */
const fault = (
  change: (content: Record<string, unknown> & { fields: Record<string, unknown>[] }) => void,
): string => {
  const content = template() as unknown as Record<string, unknown> & { fields: Record<string, unknown>[] };
  change(content);
  try {
    checkTemplate(content, "x.json");
    return "none";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

t.test("the shipped layouts load, the default first", async (t) => {
  t.same(
    loadLayouts().map(({ name }) => name),
    ["default", "rechnung"],
  );
});

t.test("a template at fault is refused with one clear line", async (t) => {
  const faults = [
    fault((content) => delete content.name),
    fault((content) => Object.assign(content, { name: "Not A Name" })),
    fault((content) => Object.assign(content, { locale: { decimal: ";", dateOrder: null } })),
    fault((content) => Object.assign(content.fields[0] ?? {}, { kind: "colour" })),
    fault((content) => Object.assign(content.fields[0] ?? {}, { kind: "amount" })),
    fault((content) => Object.assign(content.fields[0] ?? {}, { required: false })),
    fault((content) => Object.assign(content.fields[0] ?? {}, { labels: [] })),
    fault((content) => Object.assign(content.fields[0] ?? {}, { labels: ["--"] })),
    fault((content) => Object.assign(content.fields[1] ?? {}, { labels: ["customer id"] })),
    fault((content) => content.fields.push(content.fields[0] ?? {})),
    fault((content) => content.fields.splice(5, 1)),
    fault((content) => Object.assign(content, { surprise: true })),
    fault((content) => Object.assign(content, { currency: { codes: { rupees: ["Rs"] }, fractions: [] } })),
    fault((content) => Object.assign(content, { currency: { codes: { INR: [] }, fractions: [] } })),
    fault((content) => Object.assign(content, { unread: { payable: ["Total"], adjustments: [] } })),
    fault((content) => Object.assign(content, { refused: [" - "] })),
  ];
  for (const message of faults) {
    t.match(message, /^x\.json: .{10,}$/, message);
    t.notMatch(message, "\n");
  }
  t.match(faults[4], "customer_id must be identifier");
  t.match(faults[8], '"customer id" already belongs to customer_id');
  t.match(faults[9], "customer_id a second time");
  t.match(faults[10], "fields has no amount");
  t.match(faults[12], "currency.codes");
  t.match(faults[14], 'unread.payable: "Total" already belongs to total');
  t.match(faults[15], 'refused: " - " cannot be a label');
});

t.test("a directory is checked as a whole", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "layouts-"));
  t.throws(() => loadLayouts(directory), /there is no layout/);
  writeFileSync(join(directory, "a.json"), JSON.stringify(template()));
  t.equal(loadLayouts(directory).length, 1);
  writeFileSync(join(directory, "b.json"), JSON.stringify(template()));
  t.throws(() => loadLayouts(directory), /two layouts are named default/);
  writeFileSync(join(directory, "b.json"), "{");
  t.throws(() => loadLayouts(directory), /^b\.json: is not JSON$/);
});
