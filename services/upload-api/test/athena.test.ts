import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "@stockwire/service-kit/config";
import { createLogger } from "@stockwire/service-kit/logger";
import t from "tap";
import { createAthenaClient } from "../src/reports/athena-client.ts";
import { createAthenaReport } from "../src/reports/athena-report.ts";
import { createExpenseReport } from "../src/reports/expense-report.ts";
import { startAthenaStandIn } from "./athena-stand-in.ts";
import { ADMIN_KEY, fetch, openSocket, problemOf, startApi, until, write } from "./helpers.ts";

const athena = await startAthenaStandIn(t);
const api = await startApi(t, {
  REPORT_ENGINE: "athena",
  ATHENA_WORKGROUP: "stockwire",
  ATHENA_DATABASE: "stockwire_reports",
  AWS_ENDPOINT_URL_ATHENA: athena.url,
});

const HEADER = ["date", "invoices", "amount", "tax", "total"];
const actions = () => athena.calls.map(({ action }) => action);
const ask = (query = "") => fetch(`${api.url}/v1/reports/expenses${query}`);

t.beforeEach(() => {
  athena.calls.length = 0;
  athena.states = [{ State: "SUCCEEDED" }];
  athena.pages = [[HEADER]];
});

t.test("the query is the file, the dates are SQL literals, and all pages are read", async (t) => {
  athena.states = [{ State: "QUEUED" }, { State: "RUNNING" }, { State: "SUCCEEDED" }];
  athena.pages = [
    [HEADER, ["2018-03-31", "2", "7650.5000", "500.0000", "8150.5000"]],
    [["2018-04-01", "1", "99999999999999999.1255", "0.0000", "99999999999999999.1255"]],
  ];
  const response = await ask("?from=2018-01-01&to=2018-12-31");
  t.equal(response.status, 200);
  t.strictSame(await response.json(), {
    engine: "athena",
    rows: [
      { date: "2018-03-31", invoices: 2, amount: "7650.50", tax: "500", total: "8150.50" },
      {
        date: "2018-04-01",
        invoices: 1,
        amount: "99999999999999999.1255",
        tax: "0",
        total: "99999999999999999.1255",
      },
    ],
  });
  const start = athena.calls[0]?.input;
  const sql = readFileSync(join(import.meta.dirname, "../src/reports/expenses.sql"), "utf8");
  t.match(start, {
    QueryString: sql,
    ExecutionParameters: ["'2018-01-01'", "'2018-12-31'"],
    WorkGroup: "stockwire",
    QueryExecutionContext: { Database: "stockwire_reports" },
    ClientRequestToken: /^[0-9a-f-]{36}$/,
  });
  t.strictSame(actions(), [
    "StartQueryExecution",
    "GetQueryExecution",
    "GetQueryExecution",
    "GetQueryExecution",
    "GetQueryResults",
    "GetQueryResults",
  ]);
});

t.test("no invoice, no row", async (t) => {
  t.strictSame(await (await ask()).json(), { engine: "athena", rows: [] });
  t.match(athena.calls[0]?.input, { ExecutionParameters: ["'2000-01-01'", /^'\d{4}-\d\d-\d\d'$/] });
});

t.test("why a query failed stands in the log, not in the answer", async (t) => {
  athena.states = [{ State: "FAILED", StateChangeReason: "HIVE_BAD_DATA in s3://secret" }];
  const problem = await problemOf(await ask());
  t.match(problem, { status: 500, code: "internal_error" });
  t.notMatch(JSON.stringify(problem), "secret");
  t.match(
    JSON.stringify(api.logged.filter(({ msg }) => msg === "request failed")),
    "HIVE_BAD_DATA in s3://secret",
  );
  t.notOk(actions().includes("StopQueryExecution"), "what has ended needs no stop");
});

t.test("a query that Athena would try again may be asked again", async (t) => {
  athena.states = [{ State: "CANCELLED", AthenaError: { Retryable: true } }];
  const response = await ask();
  t.match(response.headers.get("retry-after"), /^\d+$/);
  t.match(await problemOf(response), { status: 503, code: "unavailable" });
});

t.test("a query that takes too long is stopped", async (t) => {
  athena.states = [{ State: "RUNNING" }];
  const log = createLogger("upload-api", "fatal", { write: () => {} });
  const names = { workGroup: "stockwire", database: "stockwire_reports" };
  const report = createAthenaReport({
    athena: createAthenaClient(),
    ...names,
    log,
    giveUpAfterMilliseconds: 400,
  });
  t.teardown(report.close);
  const range = { from: "2018-01-01", to: "2018-12-31" };
  await t.rejects(report.expenses(range, new AbortController().signal), {
    code: "report_timed_out",
    status: 503,
    headers: { "retry-after": /^\d+$/ },
  });
  t.match(athena.calls.at(-1), { action: "StopQueryExecution", input: { QueryExecutionId: "query-1" } });
  t.ok(actions().length <= 6, "it is not asked too often");
});

t.test("a query that nobody waits for any more is stopped", async (t) => {
  athena.states = [{ State: "RUNNING" }];
  const client = await openSocket(api);
  await write(
    client,
    `GET /v1/reports/expenses HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: ${ADMIN_KEY}\r\n\r\n`,
  );
  await until("it runs", () => actions().includes("GetQueryExecution"));
  client.destroy();
  await until("it is stopped", () => actions().includes("StopQueryExecution"));
  t.match(athena.calls.at(-1)?.input, { QueryExecutionId: "query-1" });
});

t.test("without its settings Athena is refused at start, by name", async (t) => {
  const without = (settings: object) => () =>
    createExpenseReport(
      { ...api.config, settings: { ...api.config.settings, ...settings } },
      api.s3,
      api.context.log,
    );
  t.throws(
    without({ ATHENA_DATABASE: "" }),
    new ConfigError("REPORT_ENGINE=athena needs ATHENA_DATABASE, which is not set"),
  );
  t.throws(without({ ATHENA_DATABASE: "", ATHENA_WORKGROUP: "" }), /ATHENA_WORKGROUP and ATHENA_DATABASE/);
});
