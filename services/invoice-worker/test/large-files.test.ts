import { WorkError } from "@stockwire/service-kit/errors";
import t from "tap";
import { createLargeFiles, isLarge } from "../src/large-files.ts";
import { parserHeapMegabytes } from "../src/parser/heap-limit.ts";
import { processInvoice } from "../src/process-invoice.ts";
import { invoice } from "./helpers.ts";
import { newId, startRig } from "./invoice-rig.ts";

const rig = await startRig();
t.teardown(rig.stop);
const { signal } = new AbortController();

/** About 100 KB. */
const large = (invoiceId: string): string =>
  invoice({
    invoice_id: `Inv-ID: ${invoiceId}`,
    amount: "Amount: 3000",
    tax: "SGST: 0",
    total: "Total: 3000",
    in_words: "",
    items: `Items\n${Array.from({ length: 3_000 }, (_, index) => `${index + 1}) Part number ${index} of many, 1, 0`).join("\n")}`,
  });

t.test("one at a time, a few in line, the rest handed back", async (t) => {
  const run = createLargeFiles(2);
  const gate = Promise.withResolvers<void>();
  let atOnce = 0;
  let most = 0;
  const work = async () => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await gate.promise;
    atOnce -= 1;
  };
  const [first, second] = [run(work), run(work)];
  const refused = await run(work).catch((error: unknown) => error);
  t.ok(refused instanceof WorkError);
  t.match(refused, { kind: "waiting", code: "large_files_busy", afterSeconds: 5 }, "no attempt counts it");
  gate.resolve();
  await Promise.all([first, second]);
  t.equal(most, 1);
  await run(work);
  await t.rejects(
    run(() => Promise.reject(new Error("gone wrong"))),
    { message: "gone wrong" },
  );
  await run(work);
});

t.test("a small invoice is through while large ones hold every place for such", async (t) => {
  const gate = Promise.withResolvers<void>();
  const held = [rig.tools.largeFiles(() => gate.promise), rig.tools.largeFiles(() => gate.promise)];
  const ids = { large: newId(), small: newId() };
  const bytes = large(ids.large);
  t.ok(isLarge(bytes.length));
  const waiting = await rig.upload(bytes);
  await t.rejects(processInvoice(rig.tools, waiting, signal), { kind: "waiting", code: "large_files_busy" });
  t.match(
    await rig.receiptOf(waiting.UploadId),
    { Status: "received", FailedAttempts: undefined, StartedAt: undefined },
    "nothing has begun",
  );
  const small = await rig.upload(invoice({ invoice_id: `Inv-ID: ${ids.small}` }));
  t.match(await processInvoice(rig.tools, small, signal), { status: "loaded" });
  gate.resolve();
  await Promise.all(held);
  t.match(await processInvoice(rig.tools, waiting, signal), { status: "loaded" });
  t.match(await rig.receiptOf(waiting.UploadId), { Status: "loaded" });
});

t.test("a stop does not begin what waits in line", async (t) => {
  const gate = Promise.withResolvers<void>();
  const held = rig.tools.largeFiles(() => gate.promise);
  const upload = await rig.upload(large(newId()));
  const stopping = new AbortController();
  const inLine = processInvoice(rig.tools, upload, stopping.signal);
  stopping.abort(new Error("stopping"));
  gate.resolve();
  await held;
  await t.rejects(inLine, { message: "stopping" });
  t.match(await rig.receiptOf(upload.UploadId), { Status: "received" });
});

t.test("the parser's share follows the container's memory", async (t) => {
  const gigabyte = 1024 ** 3;
  t.equal(parserHeapMegabytes(gigabyte), 384);
  t.equal(parserHeapMegabytes(gigabyte / 2), 192);
  t.equal(parserHeapMegabytes(64 * gigabyte), 512, "more is never needed");
  t.ok(parserHeapMegabytes() > 0);
});
