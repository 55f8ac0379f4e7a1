import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { problems } from "../src/errors/problems.ts";

const root = join(import.meta.dirname, "../../..");
const guide = readFileSync(join(root, "docs/api.md"), "utf8");

t.test("every problem stands in the guide as the code has it, and no other", async (t) => {
  const rows = Object.entries(problems).map(
    ([code, { status, title, mend }]) => `\`${code}\` ${status} ${title} ${mend}`,
  );
  const section = guide.slice(guide.indexOf("## Problems"), guide.indexOf("## Codes of files and rows"));
  const written = section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim())
        .join(" "),
    );
  t.same(written.toSorted(), rows.toSorted());
});

t.test("every code that a file or a row can get stands in the guide", async (t) => {
  const folders = [
    "services/ingest-worker/src",
    "services/invoice-worker/src",
    "packages/service-kit/src/uploads",
  ];
  const sources = folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => readFileSync(join(root, folder, name), "utf8")),
    )
    .join("\n");
  const codes = [
    ...sources.matchAll(/fileFault\(\s*"(\w+)"/g),
    ...sources.matchAll(/\bcode: "(\w+)"/g),
    ...sources.matchAll(/\bfault\(\s*"(\w+)"/g),
    ...sources.matchAll(/\breport\(\s*"(\w+)"/g),
    ...sources.matchAll(/\bpermanent\(\s*"(object_\w+|too_many_deliveries)"/g),
    ...sources.matchAll(/"((?:bad|ambiguous|amount)_(?!invoice)[a-z_]+)"/g),
    ...sources.matchAll(/^ {2}(\w+_(?:long|quote)):/gm),
  ].map((match) => match[1] as string);
  t.ok(codes.length > 40, `${codes.length} codes found`);
  for (const code of new Set(codes)) t.ok(guide.includes(`\`${code}\``), code);
});
