import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import t from "tap";
import { createDynamoClient, createS3Client, createSnsClient, createSqsClient } from "../src/aws-clients.ts";
import { kindOf } from "../src/errors.ts";

t.test("a body that stalls half-way is a retryable TimeoutError, not a wait for ever", async (t) => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("abc");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  const s3 = createS3Client(300);
  t.teardown(async () => {
    s3.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "key" }));
  const error = await Body?.transformToString().catch((cause: unknown) => cause);
  t.match(error, { name: "TimeoutError" });
  t.equal(kindOf(error), "retryable");
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
