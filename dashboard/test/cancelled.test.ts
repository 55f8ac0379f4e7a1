import t from "tap";
import { canCancel, sayCancelled } from "../src/send/cancelled.ts";

t.test("what has left as a whole cannot be called back while it is being stored", async (t) => {
  t.equal(canCancel({ phase: "waiting" }, 10), true);
  t.equal(canCancel({ phase: "hashing", done: 10 }, 10), true);
  t.equal(canCancel({ phase: "sending", done: 9 }, 10), true);
  t.equal(canCancel({ phase: "sending", done: 10 }, 10), false);
  t.equal(canCancel({ phase: "sending", done: 10, waitsFor: "no answer" }, 10), true);
  for (const phase of ["loading", "ended", "failed", "cancelled"])
    t.equal(canCancel({ phase }, 10), false, phase);
});

t.test("only what is sure is said of what is left", async (t) => {
  t.match(sayCancelled("nothing"), /nothing of it is kept/);
  t.match(sayCancelled("parts"), /removed within a day/);
  t.match(sayCancelled("perhaps all"), /loads all the same/);
});
