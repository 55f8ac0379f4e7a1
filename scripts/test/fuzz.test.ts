import t from "tap";
import { heldBeyond, measureMemory } from "../fuzz/measure-memory.ts";
import { runTarget } from "../fuzz/run-target.ts";
import { createSharedInput, shareInput } from "../fuzz/shared-input.ts";
import { targets } from "../fuzz/targets.ts";

const MEGABYTE = 1024 * 1024;

t.test("Buffers that are held count, and garbage does not", (t) => {
  const limit = measureMemory().external + 32 * MEGABYTE;
  t.equal(heldBeyond(limit), undefined);
  let held: Buffer[] = Array.from({ length: 8 }, () => Buffer.alloc(8 * MEGABYTE));
  t.ok((heldBeyond(limit) ?? 0) > limit, `${held.length} of them`);
  held = [];
  t.equal(heldBeyond(limit), undefined);
  t.end();
});

t.test("an input is kept whole, however large", (t) => {
  const shared = createSharedInput();
  const large = Buffer.alloc(3 * MEGABYTE, "x");
  shareInput(shared, large);
  t.ok(Buffer.from(new Uint8Array(shared, 0, large.length)).equals(large));
  shareInput(shared, Buffer.from("small"));
  t.equal(Buffer.from(new Uint8Array(shared, 0, 5)).toString(), "small");
  t.end();
});

t.test("a run ends where more is held than may be", { timeout: 120_000 }, async (t) => {
  const [target] = targets;
  if (target === undefined) throw new Error("nothing to fuzz");
  const outcome = await runTarget(target, 7, 500, 1);
  t.match(outcome, { kind: "failed", report: /^\d+ MB outside of the heap are held after \d+ runs$/ });
});
