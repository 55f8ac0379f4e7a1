import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { expiresAt, RECORDS_DAYS, type UploadItem } from "@stockwire/contracts/items";
import { dayOf, uploadVersion } from "@stockwire/contracts/keys";
import { encodeUploadMetadata } from "@stockwire/contracts/object-metadata";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { createDynamoClient, createS3Client, PROMPT } from "@stockwire/service-kit/aws-clients";
import { v7 as uuidv7 } from "uuid";

/**
 * What the rules ask of an HTTP API for a file that it answers 202 to, put plainly: take the body and its digest, make the object, and
 * then the receipt, since a crash between the two may leave a file that a worker finds and not a receipt without a file. The
 * clients and the attributes are upload-api's; there is no framework, no key, no parsing, no schema, no metric, no log and
 * no live event. A process of its own, on a free port that it tells by IPC: `node bench/harness/bare-door.ts`.
 */

const FILENAME = "bench.csv";
const { contentType, objectKey } = uploadKinds.inventory;

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
};

const createDoor = (Bucket: string, TableName: string) => {
  const [s3, dynamo] = [createS3Client(), createDynamoClient(PROMPT)];
  let last = 0;
  /** Rises with each file: the versions that follow from it are the files' order. */
  const issueReceivedAt = (): string => {
    last = Math.max(Date.now(), last + 1);
    return new Date(last).toISOString();
  };
  const makeReceipt = async (Item: UploadItem): Promise<void> => {
    const put = { TableName, Item, ConditionExpression: "attribute_not_exists(UploadId)" };
    try {
      await dynamo.send(new PutCommand({ ...put, ReturnValuesOnConditionCheckFailure: "ALL_OLD" }));
    } catch (error) {
      // The SDK's second try, where only the answer to the first was late.
      const stands =
        error instanceof ConditionalCheckFailedException && error.Item?.Version?.S === Item.Version;
      if (!stands) throw error;
    }
  };
  return async (body: Buffer) => {
    const sha256 = createHash("sha256").update(body).digest("hex");
    const [uploadId, receivedAt] = [uuidv7(), issueReceivedAt()];
    const Key = objectKey(uploadId);
    const { ETag, VersionId } = await s3.send(
      new PutObjectCommand({
        Bucket,
        Key,
        Body: body,
        ContentType: contentType,
        Metadata: encodeUploadMetadata({ uploadId, filename: FILENAME, mode: "load", sha256, receivedAt }),
        ChecksumAlgorithm: "CRC32",
      }),
    );
    const receipt: UploadItem = {
      UploadId: uploadId,
      Kind: "inventory",
      Status: "received",
      Filename: FILENAME,
      Bytes: body.length,
      ReceivedAt: receivedAt,
      Version: uploadVersion(receivedAt, uploadId),
      Day: dayOf(receivedAt),
      Mode: "load",
      Bucket,
      Key,
      Sha256: sha256,
      ExpiresAt: expiresAt(Date.parse(receivedAt), RECORDS_DAYS),
      ...(ETag !== undefined && { ETag: ETag.replaceAll('"', "") }),
      ...(VersionId !== undefined && { VersionId }),
    };
    await makeReceipt(receipt);
    return { uploadId, sha256 };
  };
};

const answer = (response: ServerResponse, status: number, content: unknown): void => {
  const text = JSON.stringify(content);
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  response.writeHead(status, headers).end(text);
};

if (import.meta.main) {
  const { BUCKET_INVENTORY = "", TABLE_UPLOADS = "" } = process.env;
  const takeIn = createDoor(BUCKET_INVENTORY, TABLE_UPLOADS);
  const server = createServer((request, response) => {
    readBody(request)
      .then(takeIn)
      .then(
        (taken) => answer(response, 202, taken),
        (error: unknown) => answer(response, 500, { error: String(error) }),
      );
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  process.send?.({ port: (server.address() as AddressInfo).port });
}
