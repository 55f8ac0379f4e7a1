import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { createClients } from "@stockwire/local-aws/clients";
import t from "tap";
import { startStack, until } from "./stack.ts";

const sample = readFileSync(join(import.meta.dirname, "../samples/invoices/inv-00001.txt"), "utf8");
/** The sample under other ids, changed as `change` says. */
const variant = (id: string, change: (text: string) => string = (text) => text): string =>
  change(sample.replace("inv-00001", id));

const stack = await startStack();
t.teardown(() => stack.stop());
const clients = createClients(stack.cloud.environment);
const destination = stack.cloud.environment.BUCKET_INVOICE_CSV_DEST;
const textOf = async (Key: string): Promise<string> => {
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: destination, Key }));
  return (await Body?.transformToString()) ?? "";
};

t.test("the sample becomes a checked record, a CSV line and a day of expenses", async (t) => {
  const receipt = await stack.ended(await stack.sendInvoice(sample));
  t.match(receipt, { kind: "invoice", status: "loaded", error: null, store: null });
  t.match(receipt.invoice, {
    customerId: "sm-LK0080145",
    invoiceId: "inv-00001",
    status: "accepted",
    itemCount: 5,
    fields: {
      date: { value: "2018-03-31", line: 5 },
      amount: { value: "7650", line: 10, standing: "confirmed" },
      tax: { value: "500", line: 10, standing: "confirmed" },
      total: { value: "8150", line: 10, standing: "confirmed" },
      from: { value: "Space Mechanics Inc." },
    },
  });
  t.same(
    receipt.invoice?.checks.map(({ outcome }) => outcome),
    ["passed", "passed", "passed", "passed", "passed"],
  );
  t.equal(receipt.links.invoice, "/v1/invoices/sm-LK0080145/inv-00001");

  const invoice = await stack.getJson<Record<string, unknown>>(receipt.links.invoice as string);
  t.match(invoice, { amount: "7650", tax: "500", total: "8150", status: "accepted", original: sample });
  t.equal((invoice.items as unknown[]).length, 5);
  t.equal(
    await textOf("invoices/dt=2018-03-31/sm-LK0080145_inv-00001.csv"),
    "customer_id,invoice_id,date,from,to,amount,tax,total,in_words\r\n" +
      "sm-LK0080145,inv-00001,2018-03-31,Space Mechanics Inc.,Starfleet Interplanatory HQ,7650,500,8150," +
      "Space Rupees Eight thousand one hundred fifty only\r\n",
  );
  t.match(
    await textOf("invoice-lines/dt=2018-03-31/sm-LK0080145_inv-00001.csv"),
    /,5,Transporter base dial,850,\r\n$/,
  );
  const file = await stack.ask(receipt.links.file);
  t.equal(await file.text(), sample);
  t.match(file.headers.get("content-type"), /^text\/plain/);
  t.match(await stack.getJson("/v1/reports/expenses?from=2018-01-01&to=2018-12-31"), {
    rows: [{ date: "2018-03-31", invoices: 1, amount: "7650", tax: "500", total: "8150" }],
  });
});

t.test("the same file again is a duplicate, another one under its ids a conflict", async (t) => {
  const again = await stack.ended(await stack.sendInvoice(sample));
  t.match(again, { status: "duplicate", duplicateOf: /-/ });
  const other = await stack.ended(await stack.sendInvoice(sample.replace("7650", "7651")));
  t.match(other, {
    status: "conflict",
    error: { code: "conflict", message: /inv-00001.*nothing was changed/ },
  });
  t.match(await stack.getJson("/v1/invoices/sm-LK0080145/inv-00001"), { amount: "7650" });
});

t.test("what disagrees is quarantined, listed, not exported, and replaced by a corrected file", async (t) => {
  const wrong = variant("inv-q1", (text) => text.replace("8150", "8250"));
  const receipt = await stack.ended(await stack.sendInvoice(wrong));
  t.match(receipt, { status: "partial", invoice: { status: "quarantined" } });
  t.match(receipt.error?.message, /8150.*8250/);
  const list = "/v1/invoices?status=quarantined";
  t.match(await stack.getJson(list), { items: [{ invoiceId: "inv-q1", status: "quarantined" }] });
  await t.rejects(textOf("invoices/dt=2018-03-31/sm-LK0080145_inv-q1.csv"));

  t.match(await stack.ended(await stack.sendInvoice(wrong)), { status: "duplicate" });
  t.match(await stack.ended(await stack.sendInvoice(variant("inv-q1"))), { status: "loaded" });
  t.same(await stack.getJson(list), { items: [] });
  t.match(await textOf("invoices/dt=2018-03-31/sm-LK0080145_inv-q1.csv"), /,8150,/);
  t.match(await stack.ended(await stack.sendInvoice(wrong)), { status: "conflict" }, "an accepted one stays");
});

t.test("a text that is dropped into the bucket is worked on the same", async (t) => {
  await clients.s3.send(
    new PutObjectCommand({
      Bucket: stack.cloud.environment.BUCKET_INVOICE_TXT_SRC,
      Key: "from finance/march, 1.txt",
      Body: variant("inv-dropped"),
    }),
  );
  const receipt = await until(async () => {
    const { items } = await stack.getJson<{ items: { filename: string; status: string }[] }>(
      "/v1/uploads?kind=invoice",
    );
    return items.find(({ filename, status }) => filename === "march, 1.txt" && status === "loaded");
  }, "the drop's receipt");
  t.match(receipt, { invoice: { invoiceId: "inv-dropped" } });
});

t.test("hostile files get a receipt with a code", async (t) => {
  const cases: [string, Buffer][] = [
    ["not_text", Buffer.from([0xff, 0xfe, 0, 1, 2, 3])],
    ["too_large", Buffer.alloc(100 * 1024 * 1024, "x")],
    ["line_too_long", Buffer.alloc(1024 * 1024, "x")],
    ["empty_file", Buffer.from(" \n")],
    ["not_an_invoice", Buffer.from("hello\n")],
  ];
  for (const [code, content] of cases) {
    const receipt = await stack.ended(await stack.sendInvoice(content));
    t.match(receipt, { status: "rejected", bytes: content.length, error: { code } }, code);
  }
  const zero = await stack.ended(await stack.sendInvoice(Buffer.alloc(0)));
  t.match(zero, { status: "rejected", error: { code: "empty_file" } });
});

t.test("a worker that is killed leaves nothing undone", async (t) => {
  const ids = Array.from({ length: 60 }, (_, index) => `inv-killed-${index}`);
  const sent = ids.map((id) => stack.sendInvoice(variant(id)));
  await until(async () => {
    const { items } = await stack.getJson<{ items: { invoiceId: string }[] }>("/v1/invoices?limit=100");
    return items.some(({ invoiceId }) => invoiceId.startsWith("inv-killed")) || undefined;
  }, "the first of them");
  await stack.endService("invoice-worker", "SIGKILL");
  const uploads = await Promise.all(sent);
  const receipts = await Promise.all(uploads.map(stack.receipt));
  t.ok(
    receipts.some(({ status }) => status === "received" || status === "loading"),
    "it had not finished",
  );
  await stack.startService("invoice-worker");
  for (const upload of uploads) {
    const receipt = await stack.ended(upload, 150);
    t.equal(receipt.status, "loaded");
  }
  for (const id of ids) {
    t.match(await textOf(`invoices/dt=2018-03-31/sm-LK0080145_${id}.csv`), /,7650,500,8150,/, id);
    t.match(await textOf(`invoice-lines/dt=2018-03-31/sm-LK0080145_${id}.csv`), /,5,/);
  }
  t.match(await stack.metrics("invoice-worker"), /stockwire_invoices_total\{outcome="accepted"/);
});
