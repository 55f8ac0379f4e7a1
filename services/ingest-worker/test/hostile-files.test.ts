import t from "tap";
import { inspectFile } from "../src/file/inspect-file.ts";
import type { HostileFile } from "./corpus/hostile-file.ts";
import { hostileFiles } from "./corpus/hostile-files.ts";
import { chunked } from "./helpers.ts";
import { readVerdict } from "./read-verdict.ts";

/** Many small chunks of a large file would only take time. */
const sizesFor = ({ content }: HostileFile): number[] =>
  Buffer.byteLength(content) < 2_000 ? [1, 2, 3, 7, 65_536] : [4_099, 65_536];

const tally = (refused: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const line of refused) {
    const code = line.split(" ")[2] ?? "";
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
};

for (const [chapter, files] of Object.entries(hostileFiles)) {
  t.test(chapter, async (t) => {
    for (const file of files) {
      const { rows = [], refused = [], error } = file.expected;
      for (const size of sizesFor(file)) {
        const found = await readVerdict(file.content, { size, store: file.store });
        const name = `${file.name}, in chunks of ${size}`;
        t.equal(found.error, error, `${name}: code`);
        if (error !== undefined && error !== "no_usable_rows") continue;
        if (typeof rows === "number") t.equal(found.rows.length, rows, `${name}: rows`);
        else t.same(found.rows, rows, `${name}: rows`);
        t.same(Array.isArray(refused) ? found.refused : tally(found.refused), refused, `${name}: refused`);
      }
    }
  });
}

t.test("the first pass counts what the reader found", async (t) => {
  for (const file of Object.values(hostileFiles).flat()) {
    const found = await readVerdict(file.content, { store: file.store });
    const inspection = await inspectFile(
      chunked(file.content),
      file.store,
      async () => undefined,
      async () => undefined,
    );
    if (inspection.usable) t.equal(inspection.acceptedCount, found.rows.length, file.name);
    else t.equal(inspection.error.code, found.error, file.name);
    t.equal(inspection.rejectedCount, found.refused.length, file.name);
    t.equal(inspection.bytes, Buffer.byteLength(file.content), `${file.name}: read to its end`);
  }
});
