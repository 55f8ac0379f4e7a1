import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { InvoiceReading } from "@stockwire/contracts/invoice";
import { FIELD_NAMES } from "@stockwire/contracts/invoice";
import t from "tap";
import type { Expectation } from "./corpus/expectation.ts";
import { germanFiles } from "./corpus/german-files.ts";
import { handwrittenFiles } from "./corpus/handwritten-files.ts";
import { styledFiles } from "./corpus/styled-files.ts";
import { read } from "./helpers.ts";

const root = join(import.meta.dirname, "../../../samples/invoices");
const files = [root, join(root, "corpus")].flatMap((directory) =>
  readdirSync(directory)
    .filter((name) => name.endsWith(".txt"))
    .map((name) => join(directory, name)),
);

interface Value {
  readonly name: string;
  readonly found: string | null;
  readonly expected: string | null;
  readonly isConfirmed: boolean;
}

/** Every value of a file, read and expected side by side: the fields, and name, price and tax of each item. */
const compare = (reading: InvoiceReading, expected: Expectation): Value[] => {
  const values: Value[] = FIELD_NAMES.map((name) => ({
    name,
    found: reading.fields[name].value,
    expected: expected.fields[name].value,
    isConfirmed: reading.fields[name].standing === "confirmed",
  }));
  const count = Math.max(reading.items.length, expected.items.length);
  for (let index = 0; index < count; index++) {
    const found = reading.items[index];
    const wanted = expected.items[index];
    const add = (name: "name" | "price" | "tax", isConfirmed: boolean): void => {
      values.push({
        name: `item ${index + 1} ${name}`,
        found: found?.[name] ?? null,
        expected: wanted?.[name] ?? null,
        isConfirmed,
      });
    };
    add("name", false);
    add("price", found?.priceStanding === "confirmed");
    add("tax", found?.taxStanding === "confirmed");
  }
  return values;
};

t.test("the files are those that the corpus is made of", async (t) => {
  const sources = [...styledFiles(), ...germanFiles(), ...handwrittenFiles()];
  t.equal(sources.length + 1, files.length);
  for (const { name, text, expected } of sources) {
    t.equal(readFileSync(join(root, "corpus", `${name}.txt`), "utf8"), text, name);
    t.same(JSON.parse(readFileSync(join(root, "corpus", `${name}.json`), "utf8")), expected, name);
  }
});

t.test("the golden corpus is read as a person would read it", async (t) => {
  t.ok(files.length >= 60, `${files.length} files`);
  let right = 0;
  let all = 0;
  for (const file of files) {
    const name = file.slice(root.length + 1);
    const reading = read(readFileSync(file));
    const expected = JSON.parse(readFileSync(file.replace(".txt", ".json"), "utf8")) as Expectation;
    for (const value of compare(reading, expected)) {
      all += 1;
      if (value.found === value.expected) right += 1;
      else t.fail(`${name}: ${value.name} is ${value.found}, not ${value.expected}`);
      const isWrong = value.found !== null && value.found !== value.expected;
      if (isWrong && value.isConfirmed) t.fail(`${name}: ${value.name} is wrong and confirmed`);
    }
    const lines = Object.fromEntries(FIELD_NAMES.map((field) => [field, reading.fields[field].line]));
    const expectedLines = Object.fromEntries(
      FIELD_NAMES.map((field) => [field, expected.fields[field].line]),
    );
    t.same(lines, expectedLines, `${name}: lines`);
    t.equal(reading.status, expected.status, `${name}: status`);
    t.same([...reading.reasons].sort(), expected.reasons, `${name}: reasons`);
    t.equal(reading.layout?.name ?? null, expected.layout, `${name}: layout`);
    const checks = Object.fromEntries(reading.checks.map((check) => [check.name, check.outcome]));
    t.match(checks, expected.checks, `${name}: checks`);
  }
  t.comment(
    `field accuracy: ${right} of ${all} values in ${files.length} files (${((100 * right) / all).toFixed(2)} %)`,
  );
  t.equal(right, all, "field accuracy");
});
