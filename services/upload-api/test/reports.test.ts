import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { formatDecimal, MAX_AMOUNT, sumOf } from "@stockwire/contracts/decimal";
import { topology } from "@stockwire/contracts/topology";
import { createS3Client } from "@stockwire/service-kit/aws-clients";
import fc from "fast-check";
import t, { type Test } from "tap";
import { createDuckDbReport } from "../src/reports/duckdb-report.ts";
import { parseDecimal } from "../src/reports/exact-decimal.ts";
import { EXPENSES_SQL, type ExpenseRow } from "../src/reports/expense-row.ts";
import { type DuckDbModule, withScratchDatabase } from "../src/reports/scratch-database.ts";
import { INVOICE_HEADER, storeInvoice, storeInvoices } from "./csv-objects.ts";
import { apiWith, fetch, problemOf, startApi, until } from "./helpers.ts";

// Reports of this test leave their files where only they can be.
const scratch = mkdtempSync(join(tmpdir(), "reports-test-"));
process.env.TMPDIR = scratch;

const api = await startApi(t, { REPORT_MEMORY_MB: "64" });
const bucket = api.context.resources.buckets["invoice-csv-dest"];

const table = topology.reportTables.invoices;
const EVER = { from: "2000-01-01", to: "2030-01-01" };

interface Report {
  engine: string;
  rows: ExpenseRow[];
}

const report = async (query = "", url = api.url): Promise<Report> => {
  const response = await fetch(`${url}/v1/reports/expenses${query}`);
  if (response.status !== 200) throw new Error(await response.text());
  return (await response.json()) as Report;
};

const nothingIsLeftOver = (t: Test) => t.strictSame(readdirSync(scratch), [], "no file is left over");

t.test("no invoice, no row", async (t) => {
  t.strictSame(await report(), { engine: "duckdb", rows: [] });
});

t.test("invoices add up by date, in order, exactly, and what is not stated counts 0", async (t) => {
  await storeInvoices(api, [
    { invoice: "inv-00001", date: "2018-03-31", amount: "7650", tax: "500", total: "8150" },
    { invoice: "inv-00002", date: "2018-03-31", amount: "0.50", tax: "", total: "0.50" },
    { invoice: "inv-3", date: "2017-12-01", from: '"Cut, ""and"" Dried"', amount: "1.0001", total: "1.0001" },
    { invoice: "inv_4", date: "2018-04-01", amount: "2", tax: "0.1255", total: "2.1255" },
  ]);
  const rows = [
    { date: "2017-12-01", invoices: 1, amount: "1.0001", tax: "0", total: "1.0001" },
    { date: "2018-03-31", invoices: 2, amount: "7650.50", tax: "500", total: "8150.50" },
    { date: "2018-04-01", invoices: 1, amount: "2", tax: "0.1255", total: "2.1255" },
  ];
  t.strictSame(await report(), { engine: "duckdb", rows });
  t.strictSame((await report("?from=2018-03-31&to=2018-03-31")).rows, [rows[1]], "both dates are included");
  t.strictSame((await report("?from=2018-01-01")).rows, rows.slice(1));
  t.strictSame((await report("?to=2018-03-31")).rows, rows.slice(0, 2));
  t.strictSame((await report("?from=2018-04-02")).rows, []);
  nothingIsLeftOver(t);
});

t.test("a date that does not exist, or a range that ends before it starts, is refused", async (t) => {
  for (const query of [
    "from=2018-02-30",
    "to=31.03.2018",
    "from=2018-04-01&to=2018-03-31",
    "from=",
    "day=1",
  ]) {
    const response = await fetch(`${api.url}/v1/reports/expenses?${query}`);
    t.match(await problemOf(response), { status: 400, code: "invalid_request" }, query);
  }
});

t.test("what else lies in the bucket does not count", async (t) => {
  const put = (Key: string, Body: string) => api.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  await put("invoices/dt=2001-01-01/", "");
  await put("invoices/dt=2001-01-01/notes.txt", "hello");
  await put("invoices/dt=2001-01-01/deeper/a.csv", "hello");
  await put("originals/a.txt", "hello");
  t.strictSame((await report("?to=2001-12-31")).rows, []);
});

t.test("an object with other columns is a failure, not a wrong sum", async (t) => {
  for (const Body of ["hello\r\n", `${INVOICE_HEADER}\r\na,b,c\r\n`, `${INVOICE_HEADER}\r\n,,,,,x,,,\r\n`]) {
    const Key = "invoices/dt=2002-01-01/bad.csv";
    await api.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    const response = await fetch(`${api.url}/v1/reports/expenses?to=2002-12-31`);
    t.match(await problemOf(response), { status: 500, code: "internal_error" }, Body);
    await api.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  }
  nothingIsLeftOver(t);
});

t.test("more than one page of objects, and sums beyond 2^53", async (t) => {
  const day = "2010-10-10";
  const amount = formatDecimal(MAX_AMOUNT - 1n);
  await storeInvoices(
    api,
    Array.from({ length: 1_100 }, (_, number) => ({
      invoice: `n${number}`,
      date: day,
      amount,
      total: amount,
    })),
  );
  const [row] = (await report(`?from=${day}&to=${day}`)).rows;
  const sum = formatDecimal(1_100n * (MAX_AMOUNT - 1n));
  t.equal(amount, "999999999999.9999");
  t.strictSame(row, { date: day, invoices: 1_100, amount: sum, tax: "0", total: sum });
  t.ok(Number(sum) > Number.MAX_SAFE_INTEGER / 10);
});

t.test("any amounts add up as whole numbers do", async (t) => {
  const duckdb: DuckDbModule = await import("@duckdb/node-api");
  const { columns, partition } = table;
  const decimal = fc.bigInt({ min: 0n, max: MAX_AMOUNT });
  const maybe = fc.option(decimal, { nil: undefined });
  const day = fc.constantFrom("2020-01-01", "2020-01-02", "2020-02-29");
  const invoices = fc.array(fc.record({ day, amount: maybe, tax: maybe, total: maybe }), {
    minLength: 1,
    maxLength: 60,
  });
  await withScratchDatabase(duckdb, 64, async (connection) => {
    const names = [...columns, partition.column].map((name) => `"${name}" VARCHAR`).join(", ");
    await fc.assert(
      fc.asyncProperty(invoices, async (all) => {
        await connection.run(`CREATE OR REPLACE TABLE invoices (${names})`);
        const appender = await connection.createAppender("invoices");
        const cell = (value: bigint | undefined) => (value === undefined ? "" : formatDecimal(value));
        for (const { day, ...figures } of all) {
          for (const column of columns) {
            appender.appendVarchar(column in figures ? cell(figures[column as keyof typeof figures]) : "x");
          }
          appender.appendVarchar(day);
          appender.endRow();
        }
        appender.closeSync();
        const answer = await connection.runAndReadAll(EXPENSES_SQL, ["2020-01-01", "2020-12-31"]);
        const got = answer
          .getRows()
          .map(([date, ...figures]) => [date, ...figures.map((text) => parseDecimal(String(text)))]);
        const byDay = [...Map.groupBy(all, ({ day }) => day)];
        const expected = byDay
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([day, ofDay]) => {
            const sum = (name: "amount" | "tax" | "total") => sumOf(ofDay.map((one) => one[name] ?? 0n));
            return [day, BigInt(ofDay.length) * 10_000n, sum("amount"), sum("tax"), sum("total")];
          });
        t.strictSame(got, expected);
      }),
      { numRuns: 60 },
    );
  });
});

t.test("the query asks the declared table by its partition, for columns that the table has", async (t) => {
  const { columns, partition } = table;
  t.match(EXPENSES_SQL, "FROM invoices\n");
  t.match(EXPENSES_SQL, `WHERE ${partition.column} BETWEEN ? AND ?`);
  const asked = [...EXPENSES_SQL.matchAll(/NULLIF\("(\w+)"/g)].map((match) => match[1]);
  t.strictSame(asked, ["amount", "tax", "total"]);
  for (const column of asked) t.ok((columns as readonly string[]).includes(column as string));
  t.equal(columns.join(), INVOICE_HEADER);
  t.equal(EXPENSES_SQL.split("?").length, 3, "no question mark but the two placeholders");
});

t.test("an object that is deleted while the report is made is passed over", async (t) => {
  const key = await storeInvoice(api, { invoice: "gone", date: "2003-01-01", amount: "5", total: "5" });
  await storeInvoice(api, { invoice: "stays", date: "2003-01-01", amount: "6", total: "6" });
  const s3 = createS3Client();
  s3.middlewareStack.add(
    (next) => async (args) => {
      const { Key } = args.input as { Key?: string };
      if (Key === key) await api.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      return next(args);
    },
    { step: "initialize" },
  );
  const { rows } = await report("?from=2003-01-01&to=2003-01-01", await apiWith(t, api, { s3 }));
  t.strictSame(rows, [{ date: "2003-01-01", invoices: 1, amount: "6", tax: "0", total: "6" }]);
});

t.test("where S3 does not answer, the report is to be asked for again", async (t) => {
  const s3 = createS3Client();
  s3.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== "GetObjectCommand") return next(args);
      throw Object.assign(new Error("Slow down"), { $metadata: { httpStatusCode: 503 } });
    },
    { step: "initialize" },
  );
  const response = await fetch(`${await apiWith(t, api, { s3 })}/v1/reports/expenses`);
  t.match(await problemOf(response), { status: 503, code: "unavailable" });
  nothingIsLeftOver(t);
});

t.test("a report whose client went away ends, and so do those behind it in the queue", async (t) => {
  let asked = 0;
  /** Lists as ever, and hangs wherever an object is fetched. */
  const send = async (command: ListObjectsV2Command, { abortSignal }: { abortSignal: AbortSignal }) => {
    if (command instanceof ListObjectsV2Command) {
      asked += 1;
      return api.s3.send(command);
    }
    abortSignal.throwIfAborted();
    return new Promise((_, reject) => {
      abortSignal.addEventListener("abort", () => reject(abortSignal.reason));
    });
  };
  const s3 = { send } as unknown as S3Client;
  const hanging = createDuckDbReport({ s3, table, bucket, memoryMegabytes: 64 });
  const clients = [1, 2, 3].map(() => new AbortController());
  const reports = clients.map(({ signal }) => hanging.expenses(EVER, signal));
  await until("two reports run", () => asked === 2);
  t.equal(readdirSync(scratch).length, 2);
  for (const client of clients.toReversed()) client.abort();
  for (const one of await Promise.allSettled(reports)) t.match(one, { status: "rejected" });
  t.equal(asked, 2, "the third one never began");
  nothingIsLeftOver(t);
});

t.test("a client that goes away is no failure of ours", async (t) => {
  const s3 = createS3Client();
  let waiting = false;
  s3.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === "ListObjectsV2Command") {
        waiting = true;
        await until("the client is gone", () => api.logged.some(({ status }) => status === 499));
      }
      return next(args);
    },
    { step: "initialize" },
  );
  const url = await apiWith(t, api, { s3 });
  const client = new AbortController();
  const asked = fetch(`${url}/v1/reports/expenses`, { signal: client.signal });
  await until("the report has begun", () => waiting);
  client.abort();
  await t.rejects(asked);
  await until("everything is cleared away", () => readdirSync(scratch).length === 0);
  t.notOk(
    api.logged.some(({ msg, err }) => msg === "request failed" && JSON.stringify(err).includes("Abort")),
    "nothing of it in the log",
  );
});

t.test("where DuckDB cannot be loaded, the answer says so", async (t) => {
  const load = () => Promise.reject(new Error("no such module"));
  const without = createDuckDbReport({ s3: api.s3, table, bucket, memoryMegabytes: 64, load });
  const asked = without.expenses(EVER, new AbortController().signal);
  await t.rejects(asked, { code: "report_engine_missing", status: 503 });
});

t.test("what exceeds the memory stays on disk, and no other file can be reached", async (t) => {
  const duckdb: DuckDbModule = await import("@duckdb/node-api");
  await withScratchDatabase(duckdb, 32, async (connection) => {
    const names = [...table.columns, table.partition.column];
    const filler = (name: string) =>
      name === "dt"
        ? "'2020-01-01'"
        : ["amount", "tax", "total"].includes(name)
          ? "'0.0001'"
          : "range::VARCHAR || repeat('x', 40)";
    await connection.run(
      `CREATE TABLE invoices AS SELECT ${names.map((name) => `${filler(name)} AS "${name}"`)} FROM range(500000)`,
    );
    const answer = await connection.runAndReadAll(EXPENSES_SQL, ["2020-01-01", "2020-01-01"]);
    t.strictSame(answer.getRows(), [["2020-01-01", "500000", "50.0000", "50.0000", "50.0000"]]);
    await t.rejects(connection.run("SELECT * FROM read_csv('/etc/hostname')"), /disabled by configuration/);
    await t.rejects(connection.run("INSTALL httpfs"), /./);
  });
  nothingIsLeftOver(t);
});
