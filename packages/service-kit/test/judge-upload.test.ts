import t from "tap";
import { isStuck, PATIENCE, patienceForObjects } from "../src/reconcile/judge-upload.ts";
import type { KnownUpload } from "../src/reconcile/read-receipts.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const ago = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();
const upload = (overrides: Partial<KnownUpload>): KnownUpload => ({
  UploadId: "id",
  Kind: "inventory",
  Status: "received",
  ReceivedAt: ago(300),
  Bucket: "b",
  Key: "k",
  ...overrides,
});
const empty = { waiting: 0, all: 0 };
const busy = { waiting: 0, all: 3 };
const behind = { waiting: 10, all: 13 };

t.test("who is given how much time", async (t) => {
  const stuck = (overrides: Partial<KnownUpload>, backlog = empty) =>
    isStuck(upload(overrides), PATIENCE, backlog, now);
  t.equal(stuck({ ReceivedAt: ago(3) }), true);
  t.equal(stuck({ ReceivedAt: ago(1) }), false, "young");
  t.equal(stuck({ ReceivedAt: ago(59) }, behind), false, "it may be among those that wait");
  t.equal(stuck({ ReceivedAt: ago(61) }, behind), true);
  t.equal(stuck({ Status: "loading", TouchedAt: ago(3) }), true, "nobody can have its message");
  t.equal(stuck({ Status: "loading", TouchedAt: ago(19) }, busy), false, "somebody may be at it");
  t.equal(stuck({ Status: "loading", TouchedAt: ago(21) }, busy), true);
  t.equal(
    stuck({ Status: "loading", StartedAt: ago(200), AnnouncedAt: ago(1) }),
    false,
    "announced just now",
  );
  t.equal(stuck({ Status: "failed" }), false, "a dead letter, and an operator's");
  t.equal(stuck({ Status: "loaded" }), false);
  t.equal(patienceForObjects(PATIENCE, empty), PATIENCE.young);
  t.equal(patienceForObjects(PATIENCE, behind), PATIENCE.backlogged);
});
