import { createHash } from "node:crypto";
import t from "tap";
import { csvOf, fetch, formOf, MIB, nothingIsLeft, problemOf, receipts, startApi } from "./helpers.ts";

const api = await startApi(t);
const digest = (algorithm: string, body: string | Uint8Array): string =>
  createHash(algorithm).update(body).digest("base64");

const send = (body: string, headers: Record<string, string>): Promise<Response> =>
  fetch(`${api.url}/v1/inventory`, {
    method: "POST",
    headers: { "content-type": "text/csv", ...headers },
    body,
  });

const small = csvOf(3);
const large = `${csvOf(1)}${"x".repeat(2 * MIB)}`;

t.test("a body that is what its digests say is taken in", async (t) => {
  for (const body of [small, large]) {
    for (const headers of [
      { "content-digest": `sha-256=:${digest("sha256", body)}:` },
      { "repr-digest": `sha-512=:${digest("sha512", body)}:, md5=:AAAA:` },
      { "content-md5": digest("md5", body) },
      {
        "content-digest": `sha-256=:${digest("sha256", body)}:, sha-512=:${digest("sha512", body)}:`,
        "content-md5": digest("md5", body),
      },
    ] as Record<string, string>[]) {
      const response = await send(body, headers);
      t.equal(response.status, 202, JSON.stringify(headers));
      t.match(await response.json(), {
        uploads: [{ sha256: createHash("sha256").update(body).digest("hex") }],
      });
    }
  }
  t.equal((await receipts(api)).length, 8);
});

t.test("a form's digest is that of the whole form", async (t) => {
  const request = new Request(`${api.url}/v1/inventory`, { method: "POST", body: formOf(["a.csv", small]) });
  const body = new Uint8Array(await request.arrayBuffer());
  const response = await fetch(request.url, {
    method: "POST",
    headers: {
      "content-type": request.headers.get("content-type") ?? "",
      "content-digest": `sha-256=:${digest("sha256", body)}:`,
    },
    body,
  });
  t.equal(response.status, 202);
});

t.test("a body that is not what its digest says is refused, and nothing is kept", async (t) => {
  const other = await startApi(t);
  for (const body of [small, large]) {
    for (const headers of [
      { "content-digest": `sha-256=:${digest("sha256", `${body} `)}:` },
      { "repr-digest": `sha-256=:${digest("sha256", body)}:, sha-512=:${digest("sha512", `${body} `)}:` },
      { "content-md5": digest("md5", "") },
    ] as Record<string, string>[]) {
      const response = await fetch(`${other.url}/v1/inventory`, {
        method: "POST",
        headers: { "content-type": "text/csv", ...headers },
        body,
      });
      t.match(await problemOf(response), { status: 400, code: "digest_mismatch", detail: /says .* has / });
    }
  }
  t.ok(await nothingIsLeft(other));
});

t.test("a digest that cannot be read is refused before the body is", async (t) => {
  for (const headers of [
    { "content-digest": "sha-256=abc" },
    { "content-digest": "sha-256=:AAAA:" },
    { "content-digest": "sha-256" },
    { "repr-digest": "crc32c=:AAAAAA==:" },
    { "repr-digest": "=" },
    { "content-md5": "AAAA" },
  ] as Record<string, string>[]) {
    const problem = await problemOf(await send(small, headers));
    t.match(problem, { status: 400, code: "invalid_digest" }, JSON.stringify(headers));
  }
});
