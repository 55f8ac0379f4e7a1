import { createLogger } from "@stockwire/service-kit/logger";
import t from "tap";
import { SHIPPED_LAYOUTS } from "../src/layout/load-layouts.ts";
import { createParser } from "../src/parser/create-parser.ts";
import { invoice } from "./helpers.ts";

const log = createLogger("invoice-worker", "fatal");
const TODAY = "2026-01-15";
const signal = new AbortController().signal;
const ITEMS = 30_000;
const withItems = (count: number): Buffer =>
  Buffer.from(
    invoice({
      amount: `Amount: ${count}`,
      tax: "SGST: 0",
      total: `Total: ${count}`,
      in_words: "",
      items: `Items\n${Array.from({ length: count }, (_, index) => `${index + 1}) Part number ${index}, 1, 0`).join("\n")}`,
    }),
  );
/** About 1 MB. */
const large = withItems(ITEMS);
/** Far more than the smallest heap holds, however lean the reading is. */
const huge = withItems(80_000);

t.test("a large file is read beside everything else that the process does", async (t) => {
  const parser = createParser(SHIPPED_LAYOUTS, log);
  t.teardown(parser.close);
  let turns = 0;
  const ticking = setInterval(() => (turns += 1), 5);
  const [one, other, small] = await Promise.all([
    parser.parse(large, TODAY, signal),
    parser.parse(large, TODAY, signal),
    parser.parse(Buffer.from(invoice()), TODAY, signal),
  ]);
  clearInterval(ticking);
  t.match(one, { status: "accepted" });
  t.equal(one.items.length, ITEMS);
  t.same(other, one);
  t.match(small, { status: "accepted" });
  t.ok(turns > 5, `the event loop turned ${turns} times meanwhile`);
});

t.test("a file that takes too long, or too much memory, is rejected and harms no other", async (t) => {
  for (const { bytes, ...limits } of [
    { bytes: large, milliseconds: 1, heapMegabytes: 512 },
    { bytes: huge, milliseconds: 60_000, heapMegabytes: 40 },
  ]) {
    const parser = createParser(SHIPPED_LAYOUTS, log, limits);
    t.teardown(parser.close);
    const reading = await parser.parse(bytes, TODAY, signal);
    t.match(reading, { status: "rejected", reasons: ["too_complex"] });
    t.match(await parser.parse(Buffer.from(invoice()), TODAY, signal), { status: "accepted" });
  }
});

t.test("a worker that must stop does not blame the file", async (t) => {
  const parser = createParser(SHIPPED_LAYOUTS, log);
  t.teardown(parser.close);
  const stopping = new AbortController();
  const reading = parser.parse(large, TODAY, stopping.signal);
  stopping.abort(new Error("stopping"));
  await t.rejects(reading);
});
