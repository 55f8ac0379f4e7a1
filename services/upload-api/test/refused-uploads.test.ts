import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createDynamoClient, createS3Client } from "@stockwire/service-kit/aws-clients";
import t, { type Test } from "tap";
import { apiWith, clear, csvOf, fetch, formOf, MIB, nothingIsLeft, problemOf, startApi } from "./helpers.ts";

const api = await startApi(t, { MAX_UPLOAD_BYTES: String(2 * MIB) });

const refuse = async (
  t: Test,
  [status, code]: readonly [number, string],
  init: RequestInit & { duplex?: "half" },
  query = "",
  url = api.url,
): Promise<{ detail: string; headers: Headers }> => {
  const response = await fetch(`${url}/v1/inventory${query}`, { method: "POST", ...init });
  const problem = await problemOf(response);
  t.match(
    { ...problem, type: response.headers.get("content-type") },
    { status, code, type: /^application\/problem\+json/ },
  );
  t.equal(response.status, status);
  t.ok(await nothingIsLeft(api), "nothing is left");
  return { detail: problem.detail, headers: response.headers };
};

const csv = { headers: { "content-type": "text/csv" }, body: csvOf(2) };
const tooLarge = Buffer.alloc(2 * MIB + 1, "x");

t.test("all or nothing: one file too large refuses the others too", async (t) => {
  const ways = [
    formOf(["a.csv", csvOf(1)], ["huge.csv", tooLarge]),
    formOf(["a.csv", Buffer.alloc(MIB + 1, "y")], ["huge.csv", tooLarge]),
    formOf(["huge.csv", tooLarge], ["b.csv", csvOf(1)]),
  ];
  for (const body of ways) {
    const { detail } = await refuse(t, [413, "file_too_large"], { body });
    t.match(detail, /"huge\.csv" is larger than 2097152 bytes/, "names the file and the limit");
  }
});

t.test("a raw body too large is refused, announced or not", async (t) => {
  await refuse(t, [413, "file_too_large"], { ...csv, body: tooLarge });
  const body = new Blob([tooLarge]).stream();
  await refuse(t, [413, "file_too_large"], { ...csv, body, duplex: "half" });
});

t.test("a file of exactly the limit is taken", async (t) => {
  const response = await fetch(`${api.url}/v1/inventory`, {
    method: "POST",
    ...csv,
    body: tooLarge.subarray(1),
  });
  t.equal(response.status, 202);
  await response.body?.cancel();
  await clear(api);
});

t.test("a body that is still coming when it is refused does not cost the client its answer", async (t) => {
  const body = new Blob([Buffer.alloc(30 * MIB)]).stream();
  await refuse(t, [413, "file_too_large"], { ...csv, body, duplex: "half" });
});

t.test("types that are not taken", async (t) => {
  for (const type of ["application/json", "application/octet-stream", "application/xml", "text/html"]) {
    const { detail } = await refuse(t, [415, "unsupported_media_type"], {
      headers: { "content-type": type },
      body: "{}",
    });
    t.match(detail, `The content-type ${type} is not taken.`);
  }
  await refuse(t, [415, "unsupported_media_type"], { body: new Uint8Array(3) });
  await refuse(t, [415, "unsupported_media_type"], {
    ...csv,
    headers: { ...csv.headers, "content-encoding": "gzip" },
  });
});

t.test("forms that are not taken", async (t) => {
  const other = formOf(["a.csv", csvOf(1)]);
  other.append("files", new Blob(["x"]), "b.csv");
  t.match((await refuse(t, [400, "unexpected_field"], { body: other })).detail, '"files"');
  const field = formOf(["a.csv", csvOf(1)]);
  field.append("store", "Berlin");
  t.match((await refuse(t, [400, "unexpected_field"], { body: field })).detail, '"store"');
  const text = new FormData();
  text.append("file", "store,item,count");
  t.match((await refuse(t, [400, "unexpected_field"], { body: text })).detail, "without a file name");
  await refuse(t, [400, "no_file"], { body: new FormData() });
  const many = formOf(...Array.from({ length: 101 }, (_, n): [string, string] => [`${n}.csv`, "x"]));
  await refuse(t, [413, "too_many_files"], { body: many });
});

t.test("forms that cannot be read", async (t) => {
  const form = { "content-type": "multipart/form-data; boundary=b" };
  const file = `--b\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n`;
  await refuse(t, [400, "malformed_multipart"], { headers: form, body: `${file}store,item` });
  await refuse(t, [400, "malformed_multipart"], { headers: form, body: "no form at all" });
  await refuse(t, [400, "malformed_multipart"], {
    headers: { "content-type": "multipart/form-data" },
    body: file,
  });
  await refuse(t, [400, "unexpected_field"], {
    headers: form,
    body: `--b\r\ncontent-disposition: form-data; name="toString"\r\n\r\nx\r\n${file}x\r\n--b--\r\n`,
  });
});

t.test("queries that are not taken", async (t) => {
  await refuse(t, [400, "mode_not_supported"], csv, "?mode=undo");
  await refuse(t, [400, "invalid_store"], csv, "?store=%20");
  await refuse(t, [400, "invalid_store"], csv, `?store=${"x".repeat(129)}`);
  await refuse(t, [400, "invalid_store"], csv, "?store=a%00b");
  t.match(
    (await refuse(t, [400, "invalid_request"], csv, "?shop=Berlin")).detail,
    "query parameter shop is not known",
  );
  await refuse(t, [400, "invalid_request"], csv, "?store=a&store=b");
});

const twoFiles = () => formOf(["a.csv", csvOf(1)], ["b.csv", Buffer.alloc(MIB + 1)]);

t.test("without S3 or without DynamoDB nothing is left and the client is told to come again", async (t) => {
  const endpoint = "http://127.0.0.1:1";
  const s3 = new S3Client({ endpoint, forcePathStyle: true, maxAttempts: 1 });
  await refuse(t, [503, "unavailable"], { body: twoFiles() }, "", await apiWith(t, api, { s3 }));
  const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, maxAttempts: 1 }));
  const url = await apiWith(t, api, { dynamo });
  const { headers } = await refuse(t, [503, "unavailable"], { body: twoFiles() }, "", url);
  t.match(headers.get("retry-after"), /^\d+$/);
});

t.test("when the second object cannot be made, the first is taken away again", async (t) => {
  const s3 = createS3Client();
  s3.middlewareStack.add(
    (next, { commandName }) =>
      (input) => {
        if (commandName === "CompleteMultipartUploadCommand") throw new Error("one part got lost");
        return next(input);
      },
    { step: "initialize" },
  );
  const url = await apiWith(t, api, { s3 });
  const { detail } = await refuse(t, [500, "internal_error"], { body: twoFiles() }, "", url);
  t.notMatch(detail, "one part got lost", "internals stay inside");
});

t.test("an object whose making S3 finished without the answer arriving is taken away, too", async (t) => {
  const s3 = createS3Client();
  let completed = 0;
  s3.middlewareStack.add(
    (next, { commandName }) =>
      async (input) => {
        const output = await next(input);
        if (commandName !== "CompleteMultipartUploadCommand") return output;
        completed += 1;
        throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
      },
    { step: "initialize" },
  );
  const url = await apiWith(t, api, { s3 });
  await refuse(t, [503, "unavailable"], { body: twoFiles() }, "", url);
  t.equal(completed, 1, "S3 had made it");
  t.notOk(
    api.logged.some(({ msg }) => msg === "could not remove what a failed request left behind"),
    "parts that are gone because they became the object are no fault",
  );
});

t.test("when the second receipt cannot be made, the first is taken back", async (t) => {
  const dynamo = createDynamoClient();
  let puts = 0;
  dynamo.middlewareStack.add(
    (next, { commandName = "" }) =>
      (input) => {
        if (!commandName.startsWith("Put")) return next(input);
        puts += 1;
        if (puts === 2) throw Object.assign(new Error("slow down"), { name: "ThrottlingException" });
        return next(input);
      },
    { step: "build" },
  );
  await refuse(t, [503, "unavailable"], { body: twoFiles() }, "", await apiWith(t, api, { dynamo }));
  t.equal(puts, 2);
});

t.test("refusals and failures are counted apart", async (t) => {
  const { values } = await api.metrics.stockwire_uploads_total.get();
  const counted = values.filter(({ value }) => value > 0).map(({ labels }) => labels.outcome);
  t.strictSame(counted.sort(), ["accepted", "failed", "refused"]);
});
