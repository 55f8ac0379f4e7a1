import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { invoiceLinesCsvKey } from "@stockwire/contracts/keys";
import { topology } from "@stockwire/contracts/topology";
import { createS3Client } from "@stockwire/service-kit/aws-clients";
import { parse } from "csv-parse/sync";
import t from "tap";
import { XERO_BILL_COLUMNS } from "../src/exports/xero-bill.ts";
import { INVOICE_HEADER, LINES_HEADER, recordOf, storeInvoice, storeInvoices } from "./csv-objects.ts";
import { apiWith, fetch, problemOf, startApi, until } from "./helpers.ts";

const api = await startApi(t);
const bucket = api.context.resources.buckets["invoice-csv-dest"];
const path = "/v1/invoices/export.csv";

const exported = async (query: string, url = api.url): Promise<string> => {
  const response = await fetch(`${url}${path}?${query}`);
  if (response.status !== 200) throw new Error(await response.text());
  return response.text();
};

/** The columns of a Xero export that are not always the same. */
const xeroRows = async (query: string) => {
  const rows = parse(await exported(`format=xero&${query}`), { columns: true }) as Record<string, string>[];
  return rows.map((row) => [
    row["*ContactName"],
    row["*InvoiceNumber"],
    row.Total,
    row.Description,
    row["*UnitAmount"],
    row.TaxAmount,
  ]);
};

const SAMPLE = {
  invoice: "inv-00001",
  date: "2018-03-31",
  amount: "7650",
  tax: "500",
  total: "8150",
  lines: [
    ["Matter antimatter fusion controller", "2000", "200"],
    ['"Coil, ""warp"""', "5650", "300"],
  ],
} as const;

t.test("the headers of the CSV objects are those of the declared tables", async (t) => {
  t.equal(topology.reportTables.invoices.columns.join(), INVOICE_HEADER);
  t.equal(topology.reportTables.invoice_lines.columns.join(), LINES_HEADER);
});

t.test("no invoice, only a header", async (t) => {
  const response = await fetch(`${api.url}${path}?to=2018-03-31`);
  t.equal(response.headers.get("content-type"), "text/csv; charset=utf-8");
  t.equal(
    response.headers.get("content-disposition"),
    "attachment; filename=stockwire-invoices-2000-01-01-2018-03-31.csv",
  );
  t.equal(await response.text(), `${INVOICE_HEADER}\r\n`);
  t.equal(await exported("format=xero"), `${XERO_BILL_COLUMNS.join()}\r\n`);
  const marked = await fetch(`${api.url}${path}?format=excel`);
  t.same([...new Uint8Array(await marked.arrayBuffer())].slice(0, 4), [0xef, 0xbb, 0xbf, 0x63]);
});

t.test("one header, then each object's record as it is, by date and then by key", async (t) => {
  const invoices = [
    { invoice: "b", date: "2019-01-02", from: '"Cut, ""and"" Dried"', amount: "1.0001", total: "1.0001" },
    { invoice: "a", date: "2019-01-02", from: "'=HYPERLINK(1)", amount: "2", total: "2" },
    { invoice: "z", date: "2019-01-01", from: "Ünïcode 株式会社", amount: "3", total: "3" },
  ];
  await storeInvoices(api, invoices);
  const [b, a, z] = invoices.map((one) => `${recordOf(one)}\r\n`);
  t.equal(await exported("from=2019-01-01&to=2019-01-02"), `${INVOICE_HEADER}\r\n${z}${a}${b}`);
  t.equal(await exported("from=2019-01-02&format=stockwire"), `${INVOICE_HEADER}\r\n${a}${b}`);
  t.equal(await exported("from=2019-01-03"), `${INVOICE_HEADER}\r\n`);
});

t.test("several pages of objects come in order", async (t) => {
  const names = Array.from({ length: 1_050 }, (_, number) => `n${String(number).padStart(4, "0")}`);
  await storeInvoices(
    api,
    names.map((invoice) => ({ invoice, date: "2011-01-01", amount: "1", total: "1" })),
  );
  const records = parse(await exported("from=2011-01-01&to=2011-01-01"), { columns: true }) as {
    invoice_id: string;
  }[];
  t.strictSame(
    records.map(({ invoice_id }) => invoice_id),
    names,
  );
});

t.test("bills for Xero: a row an item, with the codes that were asked for", async (t) => {
  await storeInvoice(api, SAMPLE);
  const text = await exported("format=xero&from=2018-03-31&to=2018-03-31&account=400&taxType=20%25+(VAT)");
  const row = (rest: string) =>
    `Space Mechanics Inc.,,,,,,,,,,inv-00001,31/03/2018,31/03/2018,8150,,${rest},,,,,\r\n`;
  t.equal(
    text,
    "*ContactName,EmailAddress,POAddressLine1,POAddressLine2,POAddressLine3,POAddressLine4,POCity,PORegion," +
      "POPostalCode,POCountry,*InvoiceNumber,*InvoiceDate,*DueDate,Total,InventoryItemCode,Description,*Quantity," +
      "*UnitAmount,*AccountCode,*TaxType,TaxAmount,TrackingName1,TrackingOption1,TrackingName2,TrackingOption2," +
      "Currency\r\n" +
      row("Matter antimatter fusion controller,1,2000,400,20% (VAT),200") +
      row('"Coil, ""warp""",1,5650,400,20% (VAT),300'),
  );
});

t.test("a bill always adds up: where its items do not, it is one row", async (t) => {
  const date = "2018-05-01";
  const item = (name: string, price: string, tax = "") => [name, price, tax] as const;
  await storeInvoices(api, [
    { invoice: "1-no-lines", date, amount: "10", tax: "2", total: "12" },
    { invoice: "2-no-items", date, amount: "10", tax: "", total: "10", lines: [] },
    {
      invoice: "3-tax-as-a-whole",
      date,
      amount: "10",
      tax: "2",
      total: "12",
      lines: [item("a", "4"), item("b", "6")],
    },
    { invoice: "4-no-prices", date, amount: "10", tax: "2", total: "12", lines: [item("a", "")] },
    {
      invoice: "5-some-taxed",
      date,
      amount: "10",
      tax: "2",
      total: "12",
      lines: [item("a", "4"), item("b", "6", "2")],
    },
    { invoice: "6-untaxed", date, amount: "10", total: "10", lines: [item("a", "10")] },
    { invoice: "7-total-only", date, total: "10.50", lines: [] },
    { invoice: "8-taxed-beyond", date, amount: "10", total: "10", lines: [item("a", "10", "1")] },
  ]);
  const supplier = "Space Mechanics Inc.";
  t.strictSame(await xeroRows(`from=${date}&to=${date}`), [
    [supplier, "1-no-lines", "12", "Invoice 1-no-lines", "10", "2"],
    [supplier, "2-no-items", "10", "Invoice 2-no-items", "10", "0"],
    [supplier, "3-tax-as-a-whole", "12", "Invoice 3-tax-as-a-whole (2 items)", "10", "2"],
    [supplier, "4-no-prices", "12", "Invoice 4-no-prices (1 item)", "10", "2"],
    [supplier, "5-some-taxed", "12", "a", "4", "0"],
    [supplier, "5-some-taxed", "12", "b", "6", "2"],
    [supplier, "6-untaxed", "10", "a", "10", "0"],
    [supplier, "7-total-only", "10.50", "Invoice 7-total-only", "10.50", "0"],
    [supplier, "8-taxed-beyond", "10", "Invoice 8-taxed-beyond (1 item)", "10", "0"],
  ]);
});

t.test("an invoice of very many items is read as a stream", async (t) => {
  const items = 20_000;
  const date = "2018-06-01";
  await storeInvoice(api, {
    invoice: "large",
    date,
    amount: "20000",
    tax: "2000",
    total: "22000",
    lines: Array.from({ length: items }, (_, number) => [`Item ${number}`, "1", "0.10"]),
  });
  const rows = await xeroRows(`from=${date}&to=${date}`);
  t.equal(rows.length, items);
  t.strictSame(rows.at(-1)?.slice(3), [`Item ${items - 1}`, "1", "0.10"]);
  await api.s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: invoiceLinesCsvKey(date, "sm-LK0080145", "large"),
      Body: `${LINES_HEADER}\r\n${"a,b\r\n".repeat(100_000)}`,
    }),
  );
  const broken = await fetch(`${api.url}${path}?format=xero&from=${date}&to=${date}`);
  t.match(await problemOf(broken), { status: 500, code: "internal_error" });
});

t.test("dates, formats and codes that cannot be are refused", async (t) => {
  for (const query of [
    "from=2018-02-30",
    "from=2018-04-01&to=2018-03-31",
    "format=quickbooks",
    "format=xero&account==1+1",
    "format=xero&account=@x",
    "format=xero&taxType=-1",
    "format=xero&taxType=a%0Ab",
    `format=xero&account=${"1".repeat(101)}`,
  ]) {
    const response = await fetch(`${api.url}${path}?${query}`);
    t.match(await problemOf(response), { status: 400, code: "invalid_request" }, query);
  }
});

/** An S3 client that meddles before it fetches an object. */
const meddling = (before: (key: string) => Promise<void>) => {
  const s3 = createS3Client();
  s3.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === "GetObjectCommand") {
        await before((args.input as { Key: string }).Key);
      }
      return next(args);
    },
    { step: "initialize" },
  );
  return s3;
};

const slowDown = () => Object.assign(new Error("Slow down"), { $metadata: { httpStatusCode: 503 } });

t.test("an early failure is a problem, a later one breaks the connection", async (t) => {
  const early = await apiWith(t, api, { s3: meddling(() => Promise.reject(slowDown())) });
  const response = await fetch(`${early}${path}`);
  t.match(await problemOf(response), { status: 503, code: "unavailable" });
  t.notOk(response.headers.has("content-disposition"), "a problem is not to be saved as the file");

  const late = await apiWith(t, api, {
    s3: meddling((key) => (key.includes("n0900") ? Promise.reject(slowDown()) : Promise.resolve())),
  });
  const half = await fetch(`${late}${path}?from=2011-01-01&to=2011-01-01`);
  t.equal(half.status, 200);
  await t.rejects(half.text(), "half a file does not end politely");
});

t.test("an invoice that is deleted while the file is made is left out", async (t) => {
  const date = "2012-01-01";
  const key = await storeInvoice(api, { invoice: "gone", date, amount: "5", total: "5" });
  await storeInvoice(api, { invoice: "stays", date, amount: "6", total: "6" });
  const s3 = meddling(async (Key) => {
    if (Key === key) await api.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  });
  const text = await exported(`from=${date}&to=${date}`, await apiWith(t, api, { s3 }));
  t.equal(text, `${INVOICE_HEADER}\r\n${recordOf({ invoice: "stays", date, amount: "6", total: "6" })}\r\n`);
});

t.test("a client that goes away ends the reading", async (t) => {
  let [begun, ended] = [0, 0];
  const isGone = () => api.logged.some(({ status }) => status === 499);
  const s3 = meddling(async () => {
    begun += 1;
    if (begun > 100) await until("the client is gone", isGone);
    ended += 1;
  });
  const url = await apiWith(t, api, { s3 });
  const client = new AbortController();
  const asked = fetch(`${url}${path}`, { signal: client.signal });
  await until("it is under way", () => begun > 100);
  client.abort();
  await t.rejects(asked);
  await until("it has come to rest", () => begun === ended);
  t.ok(begun <= 116, "no more than what was on its way");
  t.notOk(
    api.logged.some(({ msg, err }) => msg === "request failed" && JSON.stringify(err).includes("Abort")),
    "nothing of it in the log",
  );
});
