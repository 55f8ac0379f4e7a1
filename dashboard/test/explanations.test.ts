import { readFile } from "node:fs/promises";
import { FILE_CODES, INVOICE_FILE_CODES, ROW_CODES, WARNING_CODES } from "@stockwire/contracts/codes";
import t from "tap";
import {
  explainError,
  explainRow,
  explainWarning,
  FILES,
  INVOICE_FILES,
  ROWS,
  WARNINGS,
} from "../src/send/explanations.ts";

const sorted = (codes: readonly string[]): string[] => [...codes].sort();

t.test("every code that a receipt can have is explained, and no other", async (t) => {
  t.same(sorted(Object.keys(ROWS)), sorted(ROW_CODES));
  t.same(sorted(Object.keys(FILES)), sorted(FILE_CODES));
  t.same(sorted(Object.keys(INVOICE_FILES)), sorted(INVOICE_FILE_CODES));
  t.same(sorted(Object.keys(WARNINGS)), sorted(WARNING_CODES));
});

t.test("every explanation says how to mend it", async (t) => {
  for (const map of [ROWS, FILES, INVOICE_FILES, WARNINGS]) {
    for (const [code, { what, fix }] of Object.entries(map)) {
      t.match(what, /^[A-Z].*[^.]$/, code);
      t.match(fix, /^[A-Z].*\w\.?$/, code);
    }
  }
});

t.test("the API guide lists the same codes", async (t) => {
  const guide = await readFile(new URL("../../docs/api.md", import.meta.url), "utf8");
  const listed = (heading: string): string[] => {
    const behind = guide.slice(guide.indexOf(heading) + heading.length);
    const table = behind.slice(behind.indexOf("\n|"), behind.search(/\|\n\n/));
    return table.split("\n").flatMap((row) => {
      const cell = row.split("|")[1] ?? "";
      return [...cell.matchAll(/`([a-z0-9_]+)`/g)].map(([, code]) => code as string);
    });
  };
  t.same(sorted(listed("In `error` of a receipt, for a whole file:")), sorted(FILE_CODES));
  t.same(sorted(listed("In `rejected`, for a row:")), sorted(ROW_CODES));
  t.same(sorted(listed("In `warnings`:")), sorted(WARNING_CODES));
  t.same(sorted(listed("In `error` of an invoice's receipt")), sorted(INVOICE_FILE_CODES));
});

t.test("a code is looked up by the kind of file; an unknown one is left to its message", async (t) => {
  t.equal(explainRow("bad_count"), ROWS.bad_count);
  t.equal(explainError("invoice", "empty_file"), INVOICE_FILES.empty_file);
  t.equal(explainError("inventory", "empty_file"), FILES.empty_file);
  t.equal(explainError("invoice", "digest_mismatch"), FILES.digest_mismatch);
  t.equal(explainWarning("nothing_retired"), WARNINGS.nothing_retired);
  for (const code of ["from_the_future", "toString", "__proto__"]) t.equal(explainRow(code), undefined);
});
