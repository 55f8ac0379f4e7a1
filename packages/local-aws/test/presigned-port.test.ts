import { once } from "node:events";
import { createServer } from "node:net";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import t from "tap";
import { startLocalCloud } from "../src/local-cloud.ts";

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
};

const presignedPort = await freePort();
const cloud = await startLocalCloud({ log: () => undefined, presignedPort });
t.teardown(cloud.stop);
const outside = `http://127.0.0.1:${presignedPort}`;
const inside = cloud.environment.AWS_ENDPOINT_URL_S3 as string;

const signer = new S3Client({
  region: "us-east-1",
  endpoint: outside,
  forcePathStyle: true,
  requestChecksumCalculation: "WHEN_REQUIRED",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
});
t.teardown(() => signer.destroy());
const sign = (Key: string) =>
  getSignedUrl(signer, new PutObjectCommand({ Bucket: "inventory", Key }), { expiresIn: 60 });

t.test("takes what was presigned", async (t) => {
  const put = await fetch(await sign("signed.csv"), { method: "PUT", body: "store,item,count" });
  t.equal(put.status, 200);
  t.ok(put.headers.get("etag"));
  t.equal(await (await fetch(`${inside}/inventory/signed.csv`)).text(), "store,item,count");
});

t.test("lets browsers ask before", async (t) => {
  const asked = await fetch(await sign("signed.csv"), {
    method: "OPTIONS",
    headers: { origin: "http://localhost:8080", "access-control-request-method": "PUT" },
  });
  t.equal(asked.status, 204);
  t.equal(asked.headers.get("access-control-allow-origin"), "http://localhost:8080");
});

t.test("refuses everything else", async (t) => {
  const url = new URL(await sign("other.csv"));
  const signature = url.searchParams.get("X-Amz-Signature") as string;
  const forged = new URL(url);
  forged.searchParams.set(
    "X-Amz-Signature",
    signature.replace(/^./, (first) => (first === "0" ? "1" : "0")),
  );
  const moved = new URL(url);
  moved.pathname = "/inventory/elsewhere.csv";
  for (const [what, target, method] of [
    ["nothing signed", `${outside}/inventory/other.csv`, "PUT"],
    ["a read", `${outside}/inventory/signed.csv`, "GET"],
    ["a queue", `${outside}/?Action=ListQueues`, "POST"],
    ["another signature", forged.href, "PUT"],
    ["a signature for another object", moved.href, "PUT"],
    ["the name alone", `${outside}/inventory/other.csv?X-Amz-Signature=`, "PUT"],
  ] as const) {
    const response = await fetch(target, { method, ...(method !== "GET" && { body: "x" }) });
    t.equal(response.status, 403, what);
    await response.text();
  }
  t.equal((await fetch(`${inside}/inventory/other.csv`)).status, 404);
});

t.test("says which port is taken", async (t) => {
  const second = startLocalCloud({ log: () => undefined, presignedPort });
  await t.rejects(second, { message: /PRESIGNED_PORT/ });
});
