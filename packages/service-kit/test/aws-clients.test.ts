import { createHash, createHmac } from "node:crypto";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
} from "node:http";
import type { AddressInfo } from "node:net";
import { crc32 } from "node:zlib";
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import t from "tap";
import { createDynamoClient, createS3Client, createSnsClient, createSqsClient } from "../src/aws-clients.ts";
import { kindOf } from "../src/errors.ts";

/** As S3 wants it: four bytes, big-endian, in base64. */
const crc32Of = (bytes: Buffer): string => {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(crc32(bytes));
  return four.toString("base64");
};

/** What clients made from now on take for S3. Resolves to what ends it, whoever is connected. */
const standInForS3 = async (answer: RequestListener): Promise<() => Promise<void>> => {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
};

t.test("a body that stalls half-way is a retryable TimeoutError, not a wait for ever", async (t) => {
  const close = await standInForS3((_request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("abc");
  });
  const s3 = createS3Client(300);
  t.teardown(async () => {
    s3.destroy();
    await close();
  });
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "key" }));
  const error = await Body?.transformToString().catch((cause: unknown) => cause);
  t.match(error, { name: "TimeoutError" });
  t.equal(kindOf(error), "retryable");
});

/** The signature that a request should have (AWS Signature Version 4), from what came of it. */
const signatureOf = ({ method, url = "", headers }: IncomingMessage): string => {
  const [, scope = "", names = ""] =
    /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+)/.exec(String(headers.authorization)) ?? [];
  const [path, query = ""] = url.split("?");
  const pairs = query.split("&").map((pair) => (pair === "" || pair.includes("=") ? pair : `${pair}=`));
  const canonical = [
    method,
    path,
    pairs.sort().join("&"),
    ...names.split(";").map((name) => `${name}:${headers[name]}`),
    "",
    names,
    headers["x-amz-content-sha256"],
  ].join("\n");
  const digest = createHash("sha256").update(canonical).digest("hex");
  const text = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, digest].join("\n");
  const sign = (key: string | Buffer, value: string) => createHmac("sha256", key).update(value).digest();
  return [...scope.split("/"), text].reduce<Buffer>(sign, Buffer.from("AWS4test")).toString("hex");
};

t.test("bytes with a checksum are not hashed for the signature, which covers the checksum", async (t) => {
  const seen: IncomingHttpHeaders[] = [];
  let failures = 0;
  const close = await standInForS3((request, response) => {
    const { headers, method } = request;
    seen.push(headers);
    t.equal(
      /Signature=(\w+)/.exec(String(headers.authorization))?.[1],
      signatureOf(request),
      "signed as it was sent",
    );
    if (failures > 0) response.statusCode = 503;
    failures -= 1;
    request.resume().on("end", () => response.end(method === "POST" ? "<DeleteResult/>" : ""));
  });
  const s3 = createS3Client();
  const withoutChecksums = createS3Client();
  t.teardown(async () => {
    delete process.env.AWS_REQUEST_CHECKSUM_CALCULATION;
    s3.destroy();
    withoutChecksums.destroy();
    await close();
  });
  const object = { Bucket: "bucket", Key: "key" };
  const Body = Buffer.from("a,b\n");
  const part = { UploadId: "1", PartNumber: 1 };
  const sha256 = createHash("sha256").update(Body).digest("hex");

  failures = 1;
  await s3.send(new PutObjectCommand({ ...object, Body, ChecksumAlgorithm: "CRC32" }));
  await s3.send(new UploadPartCommand({ ...object, ...part, Body }));
  t.equal(seen.length, 3, "the first was tried again");
  for (const headers of seen.splice(0)) {
    t.equal(headers["x-amz-content-sha256"], "UNSIGNED-PAYLOAD");
    t.equal(headers["x-amz-checksum-crc32"], crc32Of(Body));
    t.match(headers.authorization, /SignedHeaders=[^,]*x-amz-checksum-crc32;/);
  }
  // The SDK reads it with a client's first request.
  process.env.AWS_REQUEST_CHECKSUM_CALCULATION = "when_required";
  await withoutChecksums.send(new PutObjectCommand({ ...object, Body }));
  t.equal(seen.pop()?.["x-amz-content-sha256"], sha256, "nothing else would say what the bytes are");
  await s3.send(new DeleteObjectsCommand({ Bucket: "bucket", Delete: { Objects: [{ Key: "key" }] } }));
  t.match(seen.pop()?.["x-amz-content-sha256"], /^[0-9a-f]{64}$/, "what S3 is told to delete");
});

t.test("no client copies what it asks and is answered for a log that nobody reads", (t) => {
  process.env.AWS_REGION = "us-east-1";
  for (const client of [createDynamoClient(), createS3Client(), createSnsClient(), createSqsClient()]) {
    const names = client.middlewareStack.identify();
    t.ok(names.length > 3, `${names.length} middlewares by name`);
    t.notOk(names.find((name) => name.startsWith("loggerMiddleware")));
    client.destroy();
  }
  t.end();
});
