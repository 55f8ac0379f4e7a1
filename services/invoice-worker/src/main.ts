import { createDynamoClient, createS3Client, createSqsClient } from "@stockwire/service-kit/aws-clients";
import { runService } from "@stockwire/service-kit/run-service";
import { invoiceConfig } from "./config.ts";
import { startInvoiceWorker } from "./start-invoice-worker.ts";

await runService("invoice-worker", invoiceConfig, (context) =>
  startInvoiceWorker(context, { s3: createS3Client(), sqs: createSqsClient(), dynamo: createDynamoClient() }),
);
