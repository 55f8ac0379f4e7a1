import t from "tap";
import { toMessageBody } from "../src/pipe/pipe-event.ts";
import { toBatches } from "../src/pipe/send-messages.ts";

t.test("batches hold at most ten messages and 256 KiB", async (t) => {
  t.same(toBatches([]), []);
  t.same(
    toBatches(Array.from({ length: 23 }, String)).map((batch) => batch.length),
    [10, 10, 3],
  );
  const large = "x".repeat(100 * 1024);
  t.same(
    toBatches([large, large, large, large, large]).map((batch) => batch.length),
    [2, 2, 1],
  );
  const wide = "ü".repeat(70 * 1024);
  t.same(
    toBatches([wide, wide]).map((batch) => batch.length),
    [1, 1],
    "counted in bytes",
  );
  t.same(toBatches(["x".repeat(300 * 1024)]).length, 1, "one that is too large goes alone");
});

t.test("a body is the event again, in characters that every engine takes", async (t) => {
  const event = { item: "Echo 🔊 Plus \u0007 \ufffe", store: "Zürich" };
  const body = toMessageBody(event);
  t.match(body, /^[\x20-\ud7ff]*$/);
  t.same(JSON.parse(body), event);
  t.equal(toMessageBody({ bytes: new Uint8Array([1, 2]) }), '{"bytes":"AQI="}');
});
