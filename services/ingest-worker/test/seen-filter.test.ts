import fc from "fast-check";
import t from "tap";
import { createRepeatedItems } from "../src/file/repeated-items.ts";
import { createSeenFilter } from "../src/file/seen-filter.ts";

/** Filters of 2, 8, 32 and 128 keys, and the last takes all others: every kind of link comes into play. */
const tiny = () => createSeenFilter(64, 4096);

t.test("no key that was given before is taken for a new one, however long the chain has grown", async (t) => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 400 }), (keys) => {
      const { seenBefore } = tiny();
      const given = new Set<string>();
      for (const key of keys) {
        if (!seenBefore(key) && given.has(key)) throw new Error(`${JSON.stringify(key)} was forgotten`);
        given.add(key);
      }
    }),
    { numRuns: 300 },
  );
  const filter = tiny();
  const keys = Array.from({ length: 2_000 }, (_, index) => `Berlin\u001fItem ${index}`);
  for (const key of keys) filter.seenBefore(key);
  t.ok(
    keys.every((key) => filter.seenBefore(key)),
    "the last filter, overfull",
  );
});

t.test("few new keys are taken for known ones, and memory follows from the keys", async (t) => {
  const filter = createSeenFilter();
  t.equal(filter.bytes(), 65_536, "of a file of a few rows");
  let suspected = 0;
  for (let row = 0; row < 1_500_000; row++) if (filter.seenBefore(`Berlin\u001fItem ${row}`)) suspected += 1;
  t.ok(suspected < 1_500, `${suspected} of 1,500,000 suspected`);
  t.ok(filter.bytes() < 24e6, `${filter.bytes()} bytes`);
  const before = filter.bytes();
  for (let row = 0; row < 100_000; row++) filter.seenBefore("Berlin\u001fItem 0");
  t.equal(filter.bytes(), before, "a key again takes nothing");
  filter.free();
  t.equal(filter.bytes(), 0);
  t.throws(
    () => filter.seenBefore("Berlin\u001fItem 0"),
    /given its memory back/,
    "it does not take all for new",
  );
  filter.free();
});

t.test("an item is repeated exactly where it comes again, whatever the filter suspects", async () => {
  const item = fc.constantFrom(...Array.from({ length: 40 }, (_, index) => `Item ${index}`));
  fc.assert(
    fc.property(fc.array(item, { maxLength: 120 }), fc.boolean(), (items, suspectsAll) => {
      const finder = createRepeatedItems(suspectsAll ? { ...tiny(), seenBefore: () => true } : tiny());
      for (const [line, name] of items.entries()) finder.note("Berlin", name, line);
      finder.close();
      const repeats = finder.found();
      for (const [line, name] of items.entries()) {
        if (repeats.isRepeatedLater("Berlin", name, line) !== items.lastIndexOf(name) > line)
          throw new Error(`${name} in line ${line}`);
      }
    }),
    { numRuns: 300 },
  );
});
