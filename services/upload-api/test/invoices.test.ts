import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { FIELD_NAMES, type InvoiceReading } from "@stockwire/contracts/invoice";
import type { InvoiceItem } from "@stockwire/contracts/items";
import { uploadVersion } from "@stockwire/contracts/keys";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import t from "tap";
import { fetch, follow, formOf, problemOf, startApi } from "./helpers.ts";

const api = await startApi(t);
const { tables, buckets } = api.context.resources;

const reading: InvoiceReading = {
  status: "accepted",
  reasons: [],
  layout: { name: "default", because: "it fits" },
  fields: Object.fromEntries(
    FIELD_NAMES.map((name) => [name, { value: name, line: 1, standing: "unchecked" }]),
  ) as InvoiceReading["fields"],
  currency: "INR",
  items: [
    {
      number: "1",
      line: 9,
      name: "Phaser",
      price: "7650",
      tax: null,
      priceStanding: "confirmed",
      taxStanding: "missing",
    },
  ],
  checks: [{ name: "words_equal_total", outcome: "passed", message: "8150; 8150" }],
  problems: [],
  notes: [],
  omitted: 0,
};

const item = (day: string, n: number): InvoiceItem => {
  const UploadId = `${day}-${String(n).padStart(4, "0")}`;
  const ReceivedAt = `${day}T10:00:00.${String(n).padStart(3, "0")}Z`;
  const isWrong = n % 7 === 0;
  return {
    CustomerId: n % 2 === 0 ? "even/1" : "odd 1",
    InvoiceId: `inv ${day}/${n}`,
    Status: isWrong ? "quarantined" : "accepted",
    ...(isWrong && { Quarantined: "yes" }),
    UploadId,
    Version: uploadVersion(ReceivedAt, UploadId),
    ReceivedAt,
    Day: day,
    Sha256: "00",
    Date: "2018-03-31",
    Amount: "7650",
    Tax: "500",
    Total: "8150",
    OriginalKey: `originals/${UploadId}.txt`,
    Original: "Customer-ID: …",
    Reading: reading,
  };
};

const made = ["2026-03-05", "2026-02-28"].flatMap((day) =>
  Array.from({ length: 20 }, (_, n) => item(day, n)).reverse(),
);
for (const invoice of made) {
  await api.context.invoiceDays.remember(invoice.Day);
  await api.dynamo.send(new PutCommand({ TableName: tables.Invoices, Item: invoice }));
}

const listed = async (limit: number, query = ""): Promise<string[]> =>
  (await follow<{ invoiceId: string }>(api, `/v1/invoices?${query}`, limit)).map(
    ({ invoiceId }) => invoiceId,
  );
const idsWhere = (holds: (invoice: InvoiceItem) => boolean): string[] =>
  made.filter(holds).map(({ InvoiceId }) => InvoiceId);

t.test("invoices come newest first, in full pages, by customer and status too", async (t) => {
  const everything = idsWhere(() => true);
  for (const limit of [1_000, 20, 7]) t.strictSame(await listed(limit), everything);
  const isWrong = ({ Status }: InvoiceItem) => Status === "quarantined";
  t.strictSame(await listed(3, "status=quarantined&"), idsWhere(isWrong));
  t.strictSame(
    await listed(7, "status=accepted&"),
    idsWhere((invoice) => !isWrong(invoice)),
  );
  const customer = encodeURIComponent("even/1");
  const isEven = ({ CustomerId }: InvoiceItem) => CustomerId === "even/1";
  t.strictSame(await listed(7, `customer=${customer}&`), idsWhere(isEven));
  t.strictSame(
    await listed(1, `customer=${customer}&status=quarantined&`),
    idsWhere((invoice) => isEven(invoice) && isWrong(invoice)),
  );
  const nobody = await fetch(`${api.url}/v1/invoices?customer=nobody`);
  t.strictSame(await nobody.json(), { items: [] });
});

t.test("what a list is asked wrongly", async (t) => {
  const page = (await (await fetch(`${api.url}/v1/invoices?limit=1`)).json()) as { cursor: string };
  for (const [query, code] of [
    ["status=lost", "invalid_request"],
    ["customer=", "invalid_request"],
    ["limit=0", "invalid_request"],
    ["cursor=nonsense", "invalid_cursor"],
    [`status=quarantined&cursor=${page.cursor}`, "invalid_cursor"],
  ]) {
    const response = await fetch(`${api.url}/v1/invoices?${query}`);
    t.match(await problemOf(response), { status: 400, code }, query ?? "");
  }
});

t.test("an invoice has its fields, items, checks and text", async (t) => {
  const [first] = made as [InvoiceItem];
  const path = `/v1/invoices/${encodeURIComponent(first.CustomerId)}/${encodeURIComponent(first.InvoiceId)}`;
  const response = await fetch(api.url + path);
  t.equal(response.status, 200);
  t.match(await response.json(), {
    customerId: first.CustomerId,
    invoiceId: first.InvoiceId,
    amount: "7650",
    original: "Customer-ID: …",
    fields: { in_words: { value: "in_words", line: 1, standing: "unchecked" } },
    items: [{ name: "Phaser", tax: null }],
    checks: [{ outcome: "passed" }],
    links: { self: path, upload: `/v1/uploads/${first.UploadId}` },
  });
});

t.test("what outgrew the record is fetched from where it points", async (t) => {
  const { Original: _text, Reading: _reading, ...rest } = item("2026-03-05", 100);
  const large = { ...rest, CustomerId: "large", ReadingKey: "readings/x.json" };
  const Bucket = buckets["invoice-csv-dest"];
  const put = (Key: string, Body: string) => api.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  await put(large.OriginalKey, "the text");
  await put(large.ReadingKey, JSON.stringify(reading));
  await api.dynamo.send(new PutCommand({ TableName: tables.Invoices, Item: large }));
  const response = await fetch(`${api.url}/v1/invoices/large/${encodeURIComponent(large.InvoiceId)}`);
  t.match(await response.json(), { original: "the text", items: [{ name: "Phaser" }] });
});

t.test("an invoice that is not there", async (t) => {
  const days = encodeURIComponent("\u001fdays");
  for (const path of ["nobody/1", "even%2F1/none", `even%2F1/${"x".repeat(129)}`, `${days}/${days}`]) {
    const response = await fetch(`${api.url}/v1/invoices/${path}`);
    t.match(await problemOf(response), { status: 404, code: "invoice_not_found" }, path);
  }
});

t.test("invoices are taken in as forms and as text, and as nothing else", async (t) => {
  const raw = await fetch(`${api.url}/v1/invoices?filename=march.txt`, {
    method: "POST",
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: "Customer-ID: c",
  });
  t.equal(raw.status, 202);
  const { uploads } = (await raw.json()) as { uploads: { uploadId: string }[] };
  const uploadId = uploads[0]?.uploadId as string;
  t.equal(raw.headers.get("location"), `/v1/uploads/${uploadId}`);
  const Key = uploadKinds.invoice.objectKey(uploadId);
  await api.s3.send(new HeadObjectCommand({ Bucket: buckets["invoice-txt-src"], Key }));
  t.match(await api.context.uploads.get(uploadId), {
    Kind: "invoice",
    Filename: "march.txt",
    Status: "received",
  });

  const form = await fetch(`${api.url}/v1/invoices`, {
    method: "POST",
    body: formOf(["a.txt", "Customer-ID: a"], ["b.txt", "Customer-ID: b"]),
  });
  t.match(await form.json(), { uploads: [{ filename: "a.txt" }, { filename: "b.txt" }] });

  for (const type of ["text/csv", "application/pdf"]) {
    const response = await fetch(`${api.url}/v1/invoices`, {
      method: "POST",
      headers: { "content-type": type },
      body: "x",
    });
    t.match(await problemOf(response), { status: 415, code: "unsupported_media_type" }, type);
  }
  const listed = await fetch(`${api.url}/v1/uploads?kind=invoice`);
  t.equal(((await listed.json()) as { items: unknown[] }).items.length, 3);
});
