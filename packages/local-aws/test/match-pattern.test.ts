import { topology } from "@stockwire/contracts/topology";
import t from "tap";
import { matchesPattern } from "../src/pipe/match-pattern.ts";

const image = (level: string) => ({ Level: { S: level }, Count: { N: "1" } });
const change = (before: string | undefined, after: string | undefined) => ({
  eventName: before === undefined ? "INSERT" : after === undefined ? "REMOVE" : "MODIFY",
  dynamodb: {
    ...(before !== undefined && { OldImage: image(before) }),
    ...(after !== undefined && { NewImage: image(after) }),
  },
});
const passes = (event: unknown): boolean =>
  topology.pipes["inventory-alerts"].filters.some((filter) => matchesPattern(filter, event));

t.test("the pipe lets through what staff must hear of, and nothing else", async (t) => {
  const table: [string | undefined, string | undefined, boolean][] = [
    [undefined, "out", true],
    [undefined, "ok", false],
    [undefined, "low", false],
    ["ok", "out", true],
    ["low", "out", true],
    ["out", "ok", true],
    ["out", "low", true],
    ["ok", "low", true],
    ["low", "ok", false],
    ["ok", "ok", false],
    ["low", "low", false],
    ["out", "out", false],
    ["out", undefined, false],
    ["ok", undefined, false],
  ];
  for (const [before, after, expected] of table) {
    t.equal(passes(change(before, after)), expected, `${before ?? "nothing"} → ${after ?? "nothing"}`);
  }
});

t.test("exact values only", async (t) => {
  const pattern = { a: { b: ["x", "y"] }, c: ["1"] };
  t.ok(matchesPattern(pattern, { a: { b: "y", other: 1 }, c: "1", more: true }));
  t.notOk(matchesPattern(pattern, { a: { b: "z" }, c: "1" }), "another value");
  t.notOk(matchesPattern(pattern, { a: { b: "x" } }), "a field that is missing");
  t.notOk(matchesPattern(pattern, { a: "x", c: "1" }), "a value where a record should be");
  t.notOk(matchesPattern(pattern, { a: { b: "x" }, c: 1 }), "a number is not its text");
  t.notOk(matchesPattern(pattern, { a: { b: ["x"] }, c: "1" }), "a list is not its element");
  t.notOk(matchesPattern({ toString: ["x"] }, {}), "inherited fields do not count");
  t.notOk(matchesPattern(pattern, undefined));
  t.notOk(matchesPattern(pattern, null));
  t.ok(matchesPattern({}, {}), "an empty pattern matches everything");
});
