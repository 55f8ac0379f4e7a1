import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createS3Client } from "@stockwire/service-kit/aws-clients";
import t from "tap";
import { apiWith, fetch, MIB, startApi } from "./helpers.ts";

/** CRC-32 of `123456789`: cbf43926, its check value in the catalogue of CRC algorithms. */
const CHECK_VALUE = Buffer.from("cbf43926", "hex").toString("base64");

t.test("S3 is given the CRC-32 of every file and part", async (t) => {
  const api = await startApi(t);
  const s3 = createS3Client();
  const sent: [command: string, headers: Record<string, string>][] = [];
  s3.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        sent.push([commandName as string, (args.request as { headers: Record<string, string> }).headers]);
        return next(args);
      },
    { step: "finalizeRequest", priority: "low" },
  );
  const url = await apiWith(t, api, { s3 });
  const post = async (body: string | Buffer<ArrayBuffer>): Promise<void> => {
    const response = await fetch(`${url}/v1/inventory`, {
      method: "POST",
      headers: { "content-type": "text/csv" },
      body,
    });
    t.equal(response.status, 202);
  };
  await post("123456789");
  await post(Buffer.alloc(9 * MIB, "x"));
  const of = (command: string) => sent.filter(([name]) => name === command).map(([, headers]) => headers);
  t.equal(of("PutObjectCommand")[0]?.["x-amz-checksum-crc32"], CHECK_VALUE);
  t.match(of("CreateMultipartUploadCommand"), [
    { "x-amz-checksum-algorithm": "CRC32", "x-amz-checksum-type": "FULL_OBJECT" },
  ]);
  t.equal(of("UploadPartCommand").length, 2);
  for (const headers of of("UploadPartCommand")) t.match(headers["x-amz-checksum-crc32"], /^.{6}==$/);
});

t.test("no service writes an object without asking for it", async (t) => {
  const services = join(import.meta.dirname, "../..");
  const sources = readdirSync(services, { recursive: true, encoding: "utf8" })
    .filter((name) => /^[^/]+\/src\/.+\.ts$/.test(name) && !name.endsWith("sign-parts.ts"))
    .map((name) => readFileSync(join(services, name), "utf8"))
    .join("\n");
  const writes = [
    ...sources.matchAll(
      /new (?:PutObject|CopyObject|CreateMultipartUpload|UploadPart)Command\(|new Upload\(/g,
    ),
  ];
  t.ok(writes.length >= 8, `${writes.length} found`);
  for (const [number, { index }] of writes.entries()) {
    const end = Math.min(index + 600, writes[number + 1]?.index ?? sources.length);
    t.match(sources.slice(index, end), /ChecksumAlgorithm: "CRC(64NVME|32)"/);
  }
});
