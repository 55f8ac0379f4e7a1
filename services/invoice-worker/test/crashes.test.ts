import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { InvoiceItem, UploadItem } from "@stockwire/contracts/items";
import { kindOf } from "@stockwire/service-kit/errors";
import t from "tap";
import { processInvoice } from "../src/process-invoice.ts";
import { invoice } from "./helpers.ts";
import { type Death, newId, startRig } from "./invoice-rig.ts";

const rig = await startRig();
t.teardown(rig.stop);
const signal = new AbortController().signal;

const right = (id: string): string => invoice({ invoice_id: `Inv-ID: ${id}` });
const wrong = (id: string): string => invoice({ invoice_id: `Inv-ID: ${id}`, total: "Total: 8250" });
/** So many items that neither text nor reading fits a table's item. */
const large = (id: string): string =>
  invoice({
    invoice_id: `Inv-ID: ${id}`,
    amount: "Amount: 2600",
    tax: "SGST: 0",
    total: "Total: 2600",
    in_words: "InWords: Two thousand six hundred only",
    items: `Items\n${Array.from({ length: 2_600 }, (_, index) => `${index + 1}) Part ${"x".repeat(40)}, 1.00, 0`).join("\n")}`,
  });

/** What is left of an upload once it has ended: everything but times and generated ids. */
const traceOf = async (id: string, uploadId: string) => {
  const receipt = await rig.receiptOf(uploadId);
  const record = await rig.recordOf("c-1", id);
  const anonymous = (text: string | undefined): string | undefined =>
    text
      ?.replaceAll(uploadId, "UPLOAD")
      .replaceAll(id, "ID")
      .replaceAll(/UPLOAD-[0-9a-f]{16}/g, "UPLOAD-DIGEST");
  const strip = (item: UploadItem | InvoiceItem | undefined, ...names: string[]) =>
    JSON.parse(
      anonymous(JSON.stringify({ ...item, ...Object.fromEntries(names.map((name) => [name, "–"])) })) ?? "",
    );
  const times = [
    "ReceivedAt",
    "StartedAt",
    "TouchedAt",
    "FinishedAt",
    "Version",
    "ExpiresAt",
    "Sha256",
    "ETag",
    "Day",
  ];
  const objects: Record<string, string | undefined> = {};
  for (const key of [...(await rig.csvKeys(id)), record?.ReadingKey, record?.OriginalKey]) {
    if (key !== undefined) objects[anonymous(key) ?? ""] = anonymous(await rig.objectText(key));
  }
  return { receipt: strip(receipt, ...times), record: strip(record, ...times), objects };
};

const scenarios = {
  "an accepted invoice": { before: undefined, file: right, status: "loaded", csv: 2 },
  "a quarantined invoice": { before: undefined, file: wrong, status: "partial", csv: 0 },
  "a correction": { before: wrong, file: right, status: "loaded", csv: 2 },
  "an invoice too large for its item": { before: undefined, file: large, status: "loaded", csv: 2 },
} as const;

for (const [name, { before, file, status, csv }] of Object.entries(scenarios)) {
  t.test(`${name} ends the same wherever its worker dies`, async (t) => {
    const run = async (death?: Death) => {
      const id = newId();
      if (before !== undefined) await processInvoice(rig.tools, await rig.upload(before(id)), signal);
      const upload = await rig.upload(file(id));
      const attempt = rig.mortalTools(death);
      const dying = processInvoice(attempt.tools, upload, signal);
      if (death === undefined) await dying;
      else await t.rejects(dying, { message: /^died/ });
      // The message comes back, to a process that knows nothing of the first.
      await processInvoice(rig.tools, await rig.receiptOf(upload.UploadId), signal);
      return { trace: await traceOf(id, upload.UploadId), calls: attempt.calls(), id };
    };
    const whole = await run();
    t.match(whole.trace.receipt, { Status: status, Bucket: "invoice-csv-dest", Key: "originals/UPLOAD.txt" });
    t.equal((await rig.csvKeys(whole.id)).length, csv);
    t.ok(whole.calls >= 6, `${whole.calls} calls`);
    for (let call = 1; call <= whole.calls; call++) {
      for (const effect of ["done", "not done"] as const) {
        t.same((await run({ call, effect })).trace, whole.trace, `dies at call ${call}, ${effect}`);
      }
    }
  });
}

t.test("two files under the same ids at once, at whatever moment they meet", async (t) => {
  /** Works on the second file, whole, before the first one's call number `at`; undefined when there is none. */
  const meet = async (first: (id: string) => string, second: (id: string) => string, at: number) => {
    const id = newId();
    const uploads = [await rig.upload(first(id)), await rig.upload(second(id))] as const;
    let calls = 0;
    const interrupted = rig.toolsWith(async (when) => {
      if (when !== "before") return;
      calls += 1;
      if (calls === at) await processInvoice(rig.tools, uploads[1], signal);
    });
    await processInvoice(interrupted, uploads[0], signal);
    if (calls < at) return undefined;
    const receipts = await Promise.all(uploads.map(({ UploadId }) => rig.receiptOf(UploadId)));
    const record = await rig.recordOf("c-1", id);
    const csv = await rig.objectText(record?.CsvKey ?? "no key");
    return { record, csv, statuses: receipts.map(({ Status }) => Status) };
  };

  const orders = [
    [wrong, right],
    [right, wrong],
  ] as const;
  for (const [first, second] of orders) {
    for (let at = 1; ; at++) {
      const met = await meet(first, second, at);
      if (met === undefined) break;
      t.match(met, { record: { Status: "accepted", Total: "8150" }, csv: /,7650,500,8150,/ });
      t.ok(met.statuses.includes("loaded"), `the correction stands: ${met.statuses.join()}`);
    }
  }
  const alsoRight = (id: string): string => right(id).replace("Starfleet HQ", "Starfleet");
  for (let at = 1; ; at++) {
    const met = await meet(right, alsoRight, at);
    if (met === undefined) break;
    t.same(met.statuses.toSorted(), ["conflict", "loaded"], "of two that are both right one stands");
    t.ok(met.csv?.includes(`,${met.record?.To},`), "and the CSV is its own");
  }
});

t.test("the same file twice at once, as two uploads or as one announced twice", async (t) => {
  for (const isOneUpload of [false, true]) {
    for (let at = 1; ; at++) {
      const id = newId();
      const first = await rig.upload(right(id));
      const second = isOneUpload ? first : await rig.upload(right(id));
      let calls = 0;
      const interrupted = rig.toolsWith(async (when) => {
        if (when !== "before") return;
        calls += 1;
        if (calls !== at) return;
        // While the first is open the second waits for it, and comes back.
        await processInvoice(rig.tools, second, signal).catch((error) => {
          if (kindOf(error) !== "waiting") throw error;
        });
      });
      await processInvoice(interrupted, first, signal);
      if (calls < at) break;
      await processInvoice(rig.tools, await rig.receiptOf(second.UploadId), signal);
      const [one, other] = await Promise.all([first, second].map(({ UploadId }) => rig.receiptOf(UploadId)));
      const expected = isOneUpload ? ["loaded", "loaded"] : ["duplicate", "loaded"];
      t.same([one?.Status, other?.Status].toSorted(), expected, `at call ${at}`);
      t.equal((await rig.csvKeys(id)).length, 2);
    }
  }
});

t.test(
  "a file that cannot be copied is never given up, and its source may be replaced meanwhile",
  async (t) => {
    const id = newId();
    const upload = await rig.upload(right(id));
    const attempt = rig.toolsWith(async () => {});
    attempt.s3.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName !== "CopyObjectCommand") return next(args);
        throw Object.assign(new Error("no"), { name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
      },
      { step: "initialize" },
    );
    for (let times = 0; times < 7; times++) {
      await t.rejects(processInvoice(attempt, await rig.receiptOf(upload.UploadId), signal), {
        kind: "waiting",
        code: "original_not_kept",
      });
    }
    t.match(await processInvoice(rig.tools, await rig.receiptOf(upload.UploadId), signal), {
      status: "loaded",
    });

    const replaced = await rig.upload(right(newId()));
    await rig.tools.s3.send(
      new PutObjectCommand({ Bucket: replaced.Bucket, Key: replaced.Key, Body: right("other") }),
    );
    t.match(await processInvoice(rig.tools, replaced, signal), {
      status: "rejected",
      error: { code: "object_replaced" },
    });

    const large = { ...(await rig.upload("x")), Bytes: 300 * 1024 * 1024 };
    t.match(await processInvoice(rig.tools, large, signal), {
      status: "rejected",
      error: { code: "too_large" },
    });
  },
);
