import type { InvoiceItem } from "@stockwire/contracts/items";
import t from "tap";
import { type Candidate, decideRecord } from "../src/store/decide-record.ts";

const file = (name: string, Status: Candidate["Status"], Version: string): InvoiceItem =>
  ({ UploadId: `upload ${name} ${Version}`, Sha256: `bytes of ${name}`, Status, Version }) as InvoiceItem;

/** What stands after the files were put to the table in this order. */
const standsAfter = (...files: readonly InvoiceItem[]): InvoiceItem | undefined =>
  files.reduce<InvoiceItem | undefined>(
    (standing, next) => (decideRecord(standing, next).action === "write" ? next : standing),
    undefined,
  );

t.test("what an invoice meets under its ids", async (t) => {
  const accepted = file("a", "accepted", "1");
  t.equal(decideRecord(undefined, accepted).action, "write");
  t.equal(decideRecord(accepted, accepted).action, "own");
  t.equal(decideRecord(accepted, file("a", "accepted", "2")).action, "duplicate");
  t.equal(decideRecord(accepted, file("b", "accepted", "2")).action, "conflict");
  t.equal(decideRecord(accepted, file("b", "quarantined", "2")).action, "conflict");
  const quarantined = file("q", "quarantined", "2");
  t.equal(decideRecord(quarantined, file("q", "quarantined", "3")).action, "duplicate");
  t.match(decideRecord(quarantined, file("c", "accepted", "3")), { action: "write", replaces: quarantined });
  t.equal(
    decideRecord(quarantined, file("c", "accepted", "1")).action,
    "write",
    "the better one, though older",
  );
  const betterRead = file("q", "accepted", "3");
  t.equal(decideRecord(quarantined, betterRead).action, "write", "the same bytes, read by a better layout");
  t.equal(decideRecord(quarantined, file("r", "quarantined", "3")).action, "write");
  t.equal(decideRecord(quarantined, file("r", "quarantined", "1")).action, "conflict");
});

t.test("a wrong file, its correction and another wrong one end the same in whatever order", async (t) => {
  const files = [
    file("wrong", "quarantined", "1"),
    file("right", "accepted", "2"),
    file("wrong again", "quarantined", "3"),
  ] as const;
  const [a, b, c] = files;
  for (const order of [
    [a, b, c],
    [a, c, b],
    [b, a, c],
    [b, c, a],
    [c, a, b],
    [c, b, a],
  ] as const) {
    t.equal(standsAfter(...order, ...order), b);
  }
  t.equal(standsAfter(a, c), c);
  t.equal(standsAfter(c, a), c);
});
