import { NO_ROWS, type Receipt } from "@stockwire/contracts/receipt";
import t from "tap";
import { isFurther } from "../src/send/receipts.ts";
import { summarise, toneOf } from "../src/send/summarise.ts";

const receiptWith = (part: Partial<Receipt>): Receipt => ({
  uploadId: "1",
  kind: "inventory",
  store: null,
  filename: "a.csv",
  bytes: 100,
  sha256: null,
  status: "loaded",
  receivedAt: "2026-01-01T00:00:00.000Z",
  startedAt: null,
  finishedAt: null,
  mode: "load",
  undoOf: null,
  bytesDone: 0,
  rows: NO_ROWS,
  retired: 0,
  rejected: [],
  warnings: [],
  duplicateOf: null,
  error: null,
  invoice: null,
  links: { self: "", file: "" },
  ...part,
});

t.test("an event that comes late takes nothing back", async (t) => {
  const loading = receiptWith({ status: "loading", bytesDone: 50 });
  t.equal(isFurther(receiptWith({ status: "received" }), undefined), true);
  t.equal(isFurther(receiptWith({ status: "received" }), loading), false);
  t.equal(isFurther(receiptWith({ status: "loading", bytesDone: 40 }), loading), false);
  t.equal(isFurther(receiptWith({ status: "loading", bytesDone: 60 }), loading), true);
  t.equal(isFurther(receiptWith({ status: "loaded" }), loading), true);
  t.equal(isFurther(loading, receiptWith({ status: "loaded" })), false);
});

t.test("says in a sentence what happened", async (t) => {
  const rows = { read: 215, written: 200, unchanged: 12, stale: 0, rejected: 3, repeated: 0 };
  const sentences: readonly (readonly [Partial<Receipt>, RegExp])[] = [
    [{ status: "partial", rows }, /^212 of 215 rows loaded; 3 rejected\.$/],
    [{ rows: { ...NO_ROWS, read: 2, unchanged: 2 } }, /^All 2 rows were loaded\. No count changed\.$/],
    [
      { rows: { ...NO_ROWS, read: 3, written: 2, stale: 1 } },
      /^All 3 rows were accepted\. For 1 item a newer file had decided\.$/,
    ],
    [
      { status: "validated", mode: "validate", rows },
      /^Nothing was changed\..* 200 rows of 215 .*reject 3\.$/,
    ],
    [
      { mode: "replace", retired: 1, rows: { ...NO_ROWS, read: 1, written: 1 } },
      /1 item that the file omits/,
    ],
    [
      { mode: "undo", rows: { ...NO_ROWS, read: 3, written: 2, stale: 1 } },
      /^2 items put back or removed; 1 item /,
    ],
    [{ status: "rejected", error: { code: "no_rows", message: "" } }, /^The file has a header and no rows:/],
    [{ status: "rejected", error: { code: "new", message: "" } }, /^Nothing in it could be used:/],
    [{ status: "duplicate" }, /same bytes .* no other file/],
    [{ status: "duplicate", kind: "invoice" }, /^The same bytes were sent before: nothing/],
    [{ status: "failed" }, /operator/],
    [
      { status: "failed", error: { code: "object_missing", message: "" } },
      /^The file was deleted before it was read: it was not loaded to its end\.$/,
    ],
  ];
  for (const [part, sentence] of sentences) t.match(summarise(receiptWith(part)), sentence);
});

t.test("a dry run with rejected rows is not all good", async (t) => {
  t.equal(toneOf(receiptWith({ status: "validated" })), "good");
  t.equal(toneOf(receiptWith({ status: "validated", rows: { ...NO_ROWS, rejected: 1 } })), "mixed");
});
