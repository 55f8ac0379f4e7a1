import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import t from "tap";

const { environment, stop } = await startLocalCloud({ log: () => {} });
t.teardown(stop);

const signer = (accessKeyId = "local", secretAccessKey = "local"): S3Client =>
  new S3Client({
    region: "us-east-1",
    endpoint: environment.AWS_ENDPOINT_URL_S3 ?? "",
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    credentials: { accessKeyId, secretAccessKey },
  });

const object = { Bucket: "inventory", Key: "drop/a b+ü(1)'!*%.csv" };
const addressFor = (ContentLength: number, s3 = signer(), options = {}): Promise<string> =>
  getSignedUrl(s3, new PutObjectCommand({ ...object, ContentLength }), options);
const put = (url: string, body: string): Promise<Response> => fetch(url, { method: "PUT", body });

t.test("a presigned address takes exactly the length that was signed", async (t) => {
  const url = await addressFor(5);
  const refused = await put(url, "123456");
  t.equal(refused.status, 403);
  t.match(await refused.text(), /<Code>SignatureDoesNotMatch</);
  t.equal((await put(url, "1234")).status, 403);
  await t.rejects(signer().send(new GetObjectCommand(object)), { name: "NoSuchKey" });
  t.equal((await put(url, "12345")).status, 200);
  const read = await fetch(await getSignedUrl(signer(), new GetObjectCommand(object)));
  t.equal(await read.text(), "12345");
});

t.test("a presigned address is for one key, one method and a time", async (t) => {
  const url = await addressFor(5);
  t.equal((await put(url.replace("/drop/", "/drop2/"), "12345")).status, 403);
  t.equal((await put(url.replace("X-Amz-Expires=900", "X-Amz-Expires=901"), "12345")).status, 403);
  t.equal((await fetch(url)).status, 403);
  const expired = await put(
    await addressFor(5, signer(), { signingDate: new Date(Date.now() - 901_000) }),
    "12345",
  );
  t.equal(expired.status, 403);
  t.match(await expired.text(), /Request has expired/);
  t.equal((await put(url.replace(/X-Amz-Date=\w+/, "X-Amz-Date=never"), "12345")).status, 403);
  t.match(await (await put(await addressFor(5, signer("other")), "12345")).text(), /InvalidAccessKeyId/);
  t.equal((await put(await addressFor(5, signer("local", "wrong")), "12345")).status, 403);
  t.equal((await put(`${url.split("?")[0]}?X-Amz-Signature=`, "12345")).status, 403);
});
