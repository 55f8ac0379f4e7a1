import { type Document, type OpenAPIClient, OpenAPIClientAxios } from "openapi-client-axios";
import t from "tap";
import { ADMIN_KEY, csvOf, fetch, formOf, startApi } from "./helpers.ts";

const api = await startApi(t);

/** A client that knows nothing but the document that the running API hands out. */
const clientOf = async (): Promise<OpenAPIClient> => {
  const definition = (await (await fetch(`${api.url}/openapi.json`)).json()) as Document;
  const client = new OpenAPIClientAxios({
    definition,
    withServer: { url: api.url },
    axiosConfigDefaults: { validateStatus: () => true, headers: { "x-api-key": ADMIN_KEY } },
  });
  return client.init();
};

const client = await clientOf();

/** An operation by its id, as the document names it. */
const call = async (operationId: string, ...args: unknown[]) => {
  const operation = client[operationId];
  if (typeof operation !== "function") throw new Error(`the document has no operation ${operationId}`);
  const { status, data, headers } = await operation(...(args as Parameters<typeof operation>));
  return { status, data, headers };
};

t.test("a client made from the document sends a file and finds what became of it", async (t) => {
  const sent = await call("postInventory", { store: "Berlin", filename: "stock.csv" }, csvOf(2), {
    headers: { "content-type": "text/csv", "idempotency-key": '"client-1"' },
  });
  t.match(sent, { status: 202, data: { uploads: [{ filename: "stock.csv", status: "received" }] } });
  const { uploadId } = sent.data.uploads[0];
  t.equal(sent.headers.location, `/v1/uploads/${uploadId}`);

  t.match(await call("getUpload", { uploadId }), { status: 200, data: { uploadId, store: "Berlin" } });
  t.match(await call("listUploads", { store: "Berlin" }), { status: 200, data: { items: [{ uploadId }] } });
  t.match(await call("getUploadFile", { uploadId }), { status: 200, data: csvOf(2) });

  const again = await call("postInventory", { store: "Berlin", filename: "stock.csv" }, csvOf(2), {
    headers: { "content-type": "text/csv", "idempotency-key": '"client-1"' },
  });
  t.same(again.data, sent.data);
  t.equal(again.headers["idempotent-replayed"], "true");
});

t.test("forms, invoices and lists, too", async (t) => {
  const form = await call("postInventory", {}, formOf(["a.csv", csvOf(1)], ["b.csv", csvOf(2)]));
  t.match(form, { status: 202, data: { uploads: [{ filename: "a.csv" }, { filename: "b.csv" }] } });
  const invoice = await call("postInvoices", { filename: "i.txt" }, "Customer-ID: 1", {
    headers: { "content-type": "text/plain" },
  });
  t.match(invoice, { status: 202 });
  for (const list of ["listStores", "listAlerts", "listInvoices", "listUploads"]) {
    t.match(await call(list), { status: 200, data: { items: [] } }, list);
  }
});

t.test("a failure is what the document says it is", async (t) => {
  t.match(await call("getUpload", { uploadId: "00000000-0000-7000-8000-000000000000" }), {
    status: 404,
    data: { code: "upload_not_found" },
  });
  t.match(await call("postInventory", { mode: "other" }, "x", { headers: { "content-type": "text/csv" } }), {
    status: 400,
    data: { code: "mode_not_supported" },
  });
});

t.test("every operation of the document can be called", async (t) => {
  const operations = client.api.getOperations();
  t.ok(operations.length >= 13);
  const parameters = {
    uploadId: "x",
    store: "Berlin",
    customerId: "c",
    invoiceId: "i",
    code: "no_file",
    from: "2024-01-01",
    to: "2024-01-02",
  };
  for (const { operationId = "", parameters: declared = [], responses } of operations) {
    const names = declared.map((parameter) => ("name" in parameter ? parameter.name : ""));
    const given = Object.fromEntries(Object.entries(parameters).filter(([name]) => names.includes(name)));
    // A stream of events has no end to wait for.
    const isStream = JSON.stringify(responses?.["200"] ?? {}).includes("text/event-stream");
    const { status, data } = await call(operationId, given, null, isStream ? { responseType: "stream" } : {});
    if (isStream) data.destroy();
    t.not(data.code, "route_not_found", operationId);
    t.not(data.code, "method_not_allowed", operationId);
    t.ok(status < 500, `${operationId}: ${status}`);
  }
});
