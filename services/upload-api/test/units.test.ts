import t from "tap";
import { Type } from "typebox";
import { cleanFilename } from "../src/clean-filename.ts";
import { decodeCursor, encodeCursor } from "../src/cursor.ts";
import { alreadyHas, rangeToServe } from "../src/downloads/conditions.ts";
import { objectMetadata } from "../src/intake/object-metadata.ts";
import { createVersionIssuer } from "../src/issue-version.ts";
import { type Batch, fillPage } from "../src/queries/fill-page.ts";
import { mergeReads } from "../src/queries/merge-reads.ts";
import { readDay } from "../src/queries/walk-days.ts";

t.test("issued versions strictly rise, also when the clock stands still or is set back", async (t) => {
  const clock = [1_000, 1_000, 1_000, 400, 2_000, 1_999];
  const issue = createVersionIssuer(() => clock.shift() ?? 0);
  const issued = Array.from({ length: 6 }, () => Date.parse(issue()));
  t.strictSame(issued, [1_000, 1_001, 1_002, 1_003, 2_000, 2_001]);
  t.match(createVersionIssuer(() => 0)(), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

t.test("a cursor comes back as it was; anything else is refused", async (t) => {
  const Position = Type.Object({ day: Type.String(), key: Type.Optional(Type.String()) });
  const position = { day: "2026-03-01", key: "Käse\u001f✓" };
  const cursor = encodeCursor(position);
  t.match(cursor, /^[\w-]+$/, "needs no encoding in a URL");
  t.strictSame(decodeCursor(Position, cursor), position);
  for (const bad of ["", "x", "%%%", encodeCursor(null), encodeCursor([]), encodeCursor({ day: 1 })]) {
    t.throws(() => decodeCursor(Position, bad), { code: "invalid_cursor" }, bad);
  }
});

t.test("a file name keeps its last part only, without what cannot be seen", async (t) => {
  t.equal(cleanFilename(undefined, "inventory"), "upload.csv");
  t.equal(cleanFilename("a/b\\c.csv", "inventory"), "c.csv");
  t.equal(cleanFilename("dir/", "inventory"), "upload.csv");
  t.equal(cleanFilename("\r\n\t", "inventory"), "upload.csv");
  t.equal(cleanFilename("a\u2028b.csv", "inventory"), "ab.csv");
  t.equal(
    cleanFilename("\ud800.csv", "inventory"),
    "\ufffd.csv",
    "half a surrogate pair could not be encoded",
  );
  t.equal([...cleanFilename("😀".repeat(300), "inventory")].length, 255);
});

t.test("metadata fits S3's limit and gives up only the file name's end", async (t) => {
  const encoded = objectMetadata({
    uploadId: "0".repeat(36),
    filename: "😀".repeat(255),
    mode: "load",
    storeRestriction: "店".repeat(128),
    sha256: "f".repeat(64),
    receivedAt: "2026-03-01T08:15:30.123Z",
  });
  const size = Object.entries(encoded).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  t.ok(size <= 2_048);
  t.match(decodeURIComponent(encoded.filename ?? ""), /^(?:😀)+$/u);
  t.equal(decodeURIComponent(encoded.store ?? ""), "店".repeat(128));
});

t.test("a range is served when it is a single one and its condition holds", async (t) => {
  t.equal(rangeToServe({ range: "bytes=0-9" }, "e"), "bytes=0-9");
  t.equal(rangeToServe({ range: "bytes=-9", "if-range": '"e"' }, "e"), "bytes=-9");
  t.equal(rangeToServe({ range: "bytes=5-", "if-range": '"other"' }, "e"), undefined);
  t.equal(rangeToServe({ range: "bytes=0-1,3-4" }, "e"), undefined);
  t.equal(rangeToServe({ range: "lines=1-2" }, "e"), undefined);
  t.ok(alreadyHas({ "if-none-match": 'W/"x", "e"' }, "e"));
  t.ok(alreadyHas({ "if-none-match": "*" }, "e"));
  t.notOk(alreadyHas({ "if-none-match": '"x"' }, "e"));
});

/** A list of numbers in which only multiples of `step` match, read in batches of at most ten. */
const numbers =
  (end: number, step: number) =>
  async (from: number | undefined, wanted: number): Promise<Batch<number, number>> => {
    const first = from ?? 0;
    const last = Math.min(end, first + Math.min(10, Math.max(wanted, 5)));
    const seen = Array.from({ length: last - first }, (_, index) => first + index);
    const found = seen.filter((n) => n % step === 0).map((n) => ({ row: n, after: n + 1 }));
    return { found, next: last < end ? last : undefined };
  };

t.test("pages are full until the last, and the last says so", async (t) => {
  for (const step of [1, 3, 7]) {
    const all: number[] = [];
    let start: number | undefined;
    for (;;) {
      const page = await fillPage({ limit: 4, start, read: numbers(84, step) });
      all.push(...page.rows);
      start = page.next;
      if (start === undefined) break;
      t.equal(page.rows.length, 4);
    }
    t.strictSame(
      all,
      Array.from({ length: 84 / step }, (_, index) => index * step),
    );
  }
});

t.test("a list in which nothing matches ends a page after a bounded number of reads", async (t) => {
  let reads = 0;
  const read = async (from: number | undefined) => {
    reads += 1;
    return { found: [], next: (from ?? 0) + 1 };
  };
  t.strictSame(await fillPage({ limit: 5, start: undefined, read }), { rows: [], next: 25 });
  t.equal(reads, 25);
});

t.test("days are walked newest first, and a day that is gone is passed over", async (t) => {
  const days = ["2026-03-05", "2026-03-03", "2026-03-01"];
  const read = async (day: string, key: string | undefined) => ({
    found: [{ row: `${day}${key ?? ""}`, after: "k" }],
  });
  const first = await readDay(days, undefined, read);
  t.strictSame(first, {
    found: [{ row: "2026-03-05", after: { day: "2026-03-05", key: "k" } }],
    next: { day: "2026-03-03" },
  });
  const between = await readDay(days, { day: "2026-03-04", key: "k" }, read);
  t.equal(between.found[0]?.row, "2026-03-03", "a key of another day does not count");
  t.strictSame(await readDay(days, { day: "2026-02-01" }, read), { found: [] });
  t.strictSame(await readDay([], undefined, read), { found: [] });
});

t.test("a merged read ends where the first of its partitions was not read on", async (t) => {
  const batch = (places: readonly number[], next?: number) => ({
    found: places.map((place) => ({ row: place, after: place })),
    next,
  });
  const merge = (...batches: readonly ReturnType<typeof batch>[]) => {
    const { found, next } = mergeReads(batches, (a, b) => b - a);
    return [found.map(({ row }) => row), next];
  };
  t.same(merge(batch([9, 5]), batch([8, 3])), [[9, 8, 5, 3], undefined]);
  t.same(merge(batch([9], 6), batch([8, 5, 3])), [[9, 8], 6], "between 6 and 5 the first may have more");
  t.same(merge(batch([9, 6], 6), batch([8, 7], 7)), [[9, 8, 7], 7]);
  t.same(merge(batch([], 4), batch([])), [[], 4]);
  t.same(merge(), [[], undefined]);
});
