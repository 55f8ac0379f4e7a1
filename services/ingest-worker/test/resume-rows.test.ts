import fc from "fast-check";
import t from "tap";
import { type RowBatch, readRows, readRowsFrom } from "../src/file/read-rows.ts";
import { chunked } from "./helpers.ts";

const flatten = (batches: readonly RowBatch[]) =>
  batches.flatMap(({ rows, refused }) =>
    [
      ...rows.map(({ line, item, count }) => `${line} ${item} ${count}`),
      ...refused.map(({ rejected }) => `${rejected.line} ${rejected.code}`),
    ].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)),
  );

const all = async (rows: AsyncIterable<RowBatch>): Promise<RowBatch[]> => {
  const batches: RowBatch[] = [];
  for await (const batch of rows) batches.push(batch);
  return batches;
};

const cell = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("Echo", "Größe", "“x”", "äö") },
  { weight: 2, arbitrary: fc.constantFrom('"a, b"', '"line\nbreak"', '"two ""quotes"""', " spaced ") },
  { weight: 1, arbitrary: fc.constantFrom('"open', 'mis"placed"', '"x"y', "") },
);
const line = fc
  .tuple(cell, fc.constantFrom("1", "007", "x", "12,13"))
  .map(([item, count]) => `Berlin,${item},${count}`);

t.test("reading on from any place between two rows gives the rest of the rows, lines included", async (t) => {
  const places = { count: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 8, arbitrary: line }, fc.constantFrom("", "  ")), {
        minLength: 1,
        maxLength: 30,
      }),
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.boolean(),
      fc.integer({ min: 1, max: 60 }),
      async (lines, ending, bom, size) => {
        const content = Buffer.from(
          `${bom ? "\ufeff" : ""}store,item,count${ending}${lines.join(ending)}${ending}`,
        );
        const whole = await all(readRows(chunked(content, size), undefined));
        for (const [index, { next }] of whole.entries()) {
          if (next === undefined) continue;
          places.count += 1;
          const from = (offset: number) => chunked(content.subarray(offset), size);
          const rest = await all(readRowsFrom(from, undefined, next));
          const expected = flatten(whole.slice(index + 1));
          if (JSON.stringify(flatten(rest)) !== JSON.stringify(expected)) {
            throw new Error(`from ${JSON.stringify(next)}: ${flatten(rest)} instead of ${expected}`);
          }
        }
      },
    ),
    { numRuns: 400 },
  );
  t.ok(places.count > 1_000, `${places.count} places`);
});
