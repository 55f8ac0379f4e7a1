/**
 * Health check of the embedded cloud: it has said that everything is provisioned, and every bucket and every table of
 * the topology answers. Exits 1 with a line for the first that is missing.
 */
import { accessSync } from "node:fs";
import { topology } from "@stockwire/contracts/topology";

const s3 = `http://127.0.0.1:${process.env.AWS_PORT || 4566}`;
const dynamoDb = `http://127.0.0.1:${process.env.DYNAMODB_PORT || 8000}`;

const checkBucket = async (name: string): Promise<void> => {
  const { status } = await fetch(`${s3}/${name}`, { method: "HEAD" });
  if (status !== 200) throw new Error(`bucket ${name}: ${status}`);
};

/** The emulator wants a signature but does not verify it. */
const checkTable = async (name: string): Promise<void> => {
  const { status } = await fetch(dynamoDb, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "DynamoDB_20120810.DescribeTable",
      "x-amz-date": "20250101T000000Z",
      authorization:
        "AWS4-HMAC-SHA256 Credential=local/20250101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none",
    },
    body: JSON.stringify({ TableName: name }),
  });
  if (status !== 200) throw new Error(`table ${name}: ${status}`);
};

try {
  accessSync(process.env.READY_FILE ?? "/tmp/ready");
  await Promise.all([
    ...Object.keys(topology.buckets).map(checkBucket),
    ...Object.keys(topology.tables).map(checkTable),
  ]);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
