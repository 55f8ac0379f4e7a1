import { test } from "tap";
import { rebaseThresholds } from "../src/thresholds/rebase-thresholds.ts";
import { parseThreshold } from "../src/thresholds/thresholds.ts";

const base = { default: 5, items: { Dot: 2, Echo: 10, Tap: null } };

test("changes of both sides to different items are kept", async (t) => {
  const mine = { default: 5, items: { Dot: 3, Echo: 10, Tap: null, Show: 1 } };
  const theirs = { default: 8, items: { Dot: 2, Tap: null, Plus: 4 } };
  t.strictSame(rebaseThresholds(base, mine, theirs), {
    merged: { default: 8, items: { Dot: 3, Tap: null, Plus: 4, Show: 1 } },
    clashes: [],
  });
});

test("what both changed is kept as the reader has it, and named", async (t) => {
  const mine = { default: null, items: { Dot: 2, Tap: 7 } };
  const theirs = { default: 9, items: { Dot: 2, Echo: 11, Tap: 7 } };
  t.strictSame(rebaseThresholds(base, mine, theirs), {
    merged: { default: null, items: { Dot: 2, Tap: 7 } },
    clashes: [
      { item: undefined, mine: null, theirs: 9 },
      { item: "Echo", mine: undefined, theirs: 11 },
    ],
  });
});

test("an item may have any name", async (t) => {
  const empty = { default: null, items: {} };
  const mine = JSON.parse('{"default":null,"items":{"__proto__":4,"constructor":1}}');
  const { merged } = rebaseThresholds(empty, mine, empty);
  t.equal(JSON.stringify(merged.items), '{"__proto__":4,"constructor":1}');
});

test("a threshold is a whole number in plain digits", async (t) => {
  t.equal(parseThreshold(" 12 "), 12);
  for (const text of ["", "-1", "1.5", "1e3", "1234567890", "x"])
    t.equal(parseThreshold(text), undefined, text);
});
