import { randomUUID } from "node:crypto";
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { expiresAt, type InvoiceItem, RECORDS_DAYS, type UploadItem } from "@stockwire/contracts/items";
import { dayOf, uploadVersion } from "@stockwire/contracts/keys";
import { topology } from "@stockwire/contracts/topology";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import { createDynamoClient, createS3Client } from "@stockwire/service-kit/aws-clients";
import { createLogger } from "@stockwire/service-kit/logger";
import { createProgress } from "@stockwire/service-kit/uploads/progress";
import { createUploadsTable } from "@stockwire/service-kit/uploads/uploads-table";
import { v7 as uuidv7 } from "uuid";
import { createLargeFiles } from "../src/large-files.ts";
import { SHIPPED_LAYOUTS } from "../src/layout/load-layouts.ts";
import { createParser } from "../src/parser/create-parser.ts";
import type { InvoiceTools } from "../src/process-invoice.ts";
import { createInvoicesTable } from "../src/store/invoices-table.ts";

/** The one call at which an attempt dies, counted from 1: with the call's effect or without it. */
export interface Death {
  readonly call: number;
  readonly effect: "done" | "not done";
}

class Died extends Error {}

const log = createLogger("invoice-worker", "fatal");
const bucket = "invoice-csv-dest";

/** Emulators, and what `processInvoice` works with, in as many copies as a test wants. */
export const startRig = async () => {
  const cloud = await startLocalCloud({});
  Object.assign(process.env, cloud.environment);
  const parser = createParser(SHIPPED_LAYOUTS, log);

  const clients: { destroy: () => void }[] = [];

  /** @param onCall told of each request to the cloud, before and after it */
  const toolsWith = (onCall: (when: "before" | "after") => Promise<void>): InvoiceTools => {
    const s3 = createS3Client();
    const dynamo = createDynamoClient();
    clients.push(s3, dynamo);
    const watch =
      <Args, Answer>(next: (args: Args) => Promise<Answer>) =>
      async (args: Args): Promise<Answer> => {
        await onCall("before");
        const answer = await next(args);
        await onCall("after");
        return answer;
      };
    s3.middlewareStack.add(watch, { step: "initialize" });
    dynamo.middlewareStack.add(watch, { step: "initialize" });
    const uploads = createUploadsTable(dynamo, "Uploads");
    return {
      s3,
      uploads,
      progress: createProgress(dynamo, "Uploads", uploads),
      parser,
      invoices: createInvoicesTable(dynamo, "Invoices"),
      largeFiles: createLargeFiles(2),
      log,
      bucket,
    };
  };
  const tools = toolsWith(async () => {});

  /** Tools of a process that dies at one call, and says how many calls it made. */
  const mortalTools = (death?: Death) => {
    let calls = 0;
    const mortal = toolsWith(async (when) => {
      if (when === "before") calls += 1;
      const isLast = death !== undefined && calls >= death.call;
      if (isLast && (calls > death.call || when === (death.effect === "done" ? "after" : "before"))) {
        throw new Died(`died at call ${death.call}`);
      }
    });
    return { tools: mortal, calls: () => calls };
  };

  /** An upload as the API leaves it. */
  const upload = async (content: string, receivedAt = new Date().toISOString()): Promise<UploadItem> => {
    const UploadId = uuidv7();
    const { bucket: Bucket, objectKey } = uploadKinds.invoice;
    const { ETag } = await tools.s3.send(
      new PutObjectCommand({ Bucket, Key: objectKey(UploadId), Body: content }),
    );
    return tools.uploads.create({
      UploadId,
      Kind: "invoice",
      Status: "received",
      Filename: "invoice.txt",
      Bytes: Buffer.byteLength(content),
      ReceivedAt: receivedAt,
      Version: uploadVersion(receivedAt, UploadId),
      Day: dayOf(receivedAt),
      Mode: "load",
      Bucket,
      Key: objectKey(UploadId),
      ETag: ETag?.replaceAll('"', "") ?? "",
      ExpiresAt: expiresAt(Date.now(), RECORDS_DAYS),
    });
  };

  const objectText = async (Key: string): Promise<string | undefined> => {
    try {
      const { Body } = await tools.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return await Body?.transformToString();
    } catch (error) {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined;
      throw error;
    }
  };

  return {
    tools,
    mortalTools,
    toolsWith,
    upload,
    objectText,
    receiptOf: async (uploadId: string) => (await tools.uploads.get(uploadId)) as UploadItem,
    recordOf: (customerId: string, invoiceId: string): Promise<InvoiceItem | undefined> =>
      tools.invoices.get(customerId, invoiceId),
    /** Keys of all CSV objects that name the invoice id. */
    csvKeys: async (invoiceId: string): Promise<string[]> => {
      const { Contents = [] } = await tools.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      const tables = Object.values(topology.reportTables);
      return Contents.map(({ Key = "" }) => Key).filter(
        (key) => tables.some(({ prefix }) => key.startsWith(prefix)) && key.includes(`_${invoiceId}.csv`),
      );
    },
    stop: async () => {
      await parser.close();
      for (const client of clients) client.destroy();
      await cloud.stop();
    },
  };
};

/** An invoice id that no other test uses. */
export const newId = (): string => `inv-${randomUUID()}`;
