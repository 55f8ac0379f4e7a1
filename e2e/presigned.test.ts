import { createHash } from "node:crypto";
import t from "tap";
import { startStack } from "./stack.ts";

const stack = await startStack({ PRESIGNED_PART_BYTES: String(5 * 1024 ** 2) });
t.teardown(stack.stop);

interface Begun {
  readonly uploadId: string;
  readonly partBytes: number;
  readonly parts: readonly { readonly partNumber: number; readonly url: string }[];
}

const ROWS = 300_000;
const content = Buffer.from(
  `store,item,count\n${Array.from({ length: ROWS }, (_, row) => `Berlin,Echo ${row % 2_000},${row % 97}\n`).join("")}`,
);

const postJson = async <Body>(path: string, body: unknown): Promise<Body> => {
  const response = await stack.ask(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
};

/** @returns the upload's id */
const sendInParts = async (bytes: Buffer<ArrayBuffer>, sha256: string): Promise<string> => {
  const begun = await postJson<Begun>("/v1/uploads", {
    filename: "whole-world.csv",
    bytes: bytes.length,
    sha256,
  });
  const parts = await Promise.all(
    begun.parts.map(async ({ partNumber, url }) => {
      const body = bytes.subarray((partNumber - 1) * begun.partBytes, partNumber * begun.partBytes);
      const response = await fetch(url, { method: "PUT", body });
      return { partNumber, etag: response.headers.get("etag") };
    }),
  );
  t.ok(parts.length > 1, `${parts.length} parts`);
  await postJson(`/v1/uploads/${begun.uploadId}/complete`, { parts });
  return begun.uploadId;
};

t.test("a file that turns out to have another sha-256 ends as rejected and changes nothing", async (t) => {
  const uploadId = await sendInParts(content, "0".repeat(64));
  const receipt = await stack.ended(uploadId);
  t.match(receipt, { status: "rejected", error: { code: "digest_mismatch" }, rows: { written: 0 } });
  const response = await stack.ask("/v1/stores/Berlin/inventory");
  t.equal(response.status, 404, "there is no such store");
});

t.test("a presigned file loads like any other", async (t) => {
  const sha256 = createHash("sha256").update(content).digest("hex");
  const uploadId = await sendInParts(content, sha256);
  const receipt = await stack.ended(uploadId, 120);
  t.match(receipt, {
    status: "loaded",
    sha256,
    bytes: content.length,
    filename: "whole-world.csv",
    rows: { read: ROWS, written: 2_000, repeated: ROWS - 2_000, rejected: 0 },
  });
  t.equal((await stack.stock("Berlin")).size, 2_000);
});
