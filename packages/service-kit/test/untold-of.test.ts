import type { InventoryItem, ThresholdsItem } from "@stockwire/contracts/items";
import t from "tap";
import { type LastAlert, untoldOf } from "../src/reconcile/untold-of.ts";

const NOW = 1_000_000;
const row = (Version: string, overrides: Partial<InventoryItem>): InventoryItem => ({
  Store: "Berlin",
  Item: "Lamp",
  Count: 0,
  Level: "out",
  Previous: null,
  Version,
  Line: 2,
  UploadId: Version,
  UpdatedAt: "2026-03-02T00:00:00.000Z",
  ...overrides,
});
const thresholds: ThresholdsItem = {
  Store: "Berlin",
  Default: 5,
  Items: {},
  Revision: 1,
  UpdatedAt: "2026-03-01T00:00:00.000Z",
};
/** Claimed, and its message gone. */
const left = (Kind: LastAlert["Kind"], Previous?: number): LastAlert => ({
  Version: "1",
  Kind,
  Count: Kind === "out" ? 0 : 3,
  ClaimedUntil: NOW - 1,
  ...(Previous !== undefined && { Previous }),
});
const untold = (of: InventoryItem, last: LastAlert) => untoldOf(of, last, thresholds, NOW)?.before;
const stillOut = row("2", { Previous: 0 });

t.test("a record that was left behind hides from nobody behind a newer version", async (t) => {
  t.same(untold(stillOut, left("out", 4)), { count: 4, level: "ok" });
  t.same(untoldOf(stillOut, left("out"), thresholds, NOW), { before: undefined }, "a new item at 0");
  t.same(untold(row("2", { Previous: 2 }), left("out", 4)), { count: 2, level: "ok" });
  t.equal(untold(row("2", { Count: 9, Level: "ok", Previous: 0 }), left("out", 4)), undefined, "never told");

  t.same(untold(row("2", { Count: 9, Level: "ok", Previous: 3 }), left("back", 0)), {
    count: 0,
    level: "out",
  });
  t.equal(untold(row("2", { Previous: 3 }), left("back", 0)), undefined, "out, as they believe");

  const low = row("2", { Count: 2, Level: "low", Previous: 3 });
  t.same(untold(low, left("low", 8)), { count: 8, level: "ok" });
  t.equal(untold(low, { ...left("low", 8), PublishedAt: "2026-03-01T00:00:00.000Z" }), undefined);
});

t.test("what was told, is being told or is a dead letter counts as told", async (t) => {
  for (const last of [
    { ...left("out", 4), PublishedAt: "2026-03-01T00:00:00.000Z" },
    { ...left("out", 4), ClaimedUntil: NOW + 1 },
    { ...left("out", 4), FailedAttempts: 25 },
  ]) {
    t.equal(untoldOf(stillOut, last, thresholds, NOW), undefined);
  }
});

t.test("a row that the scan shows as it was before its last write is left to the next pass", async (t) => {
  t.equal(untold(row("0", { Previous: 4 }), left("back", 0)), undefined);
  t.equal(
    untold(row("0", { Count: 3, Level: "ok", Previous: 0 }), { ...left("out", 3), PublishedAt: "x" }),
    undefined,
  );
});
