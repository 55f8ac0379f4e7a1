import { createDynamoClient, createS3Client, createSqsClient } from "@stockwire/service-kit/aws-clients";
import { runService } from "@stockwire/service-kit/run-service";
import { ingestConfig } from "./config.ts";
import { startIngestWorker } from "./start-ingest-worker.ts";

await runService("ingest-worker", ingestConfig, (context) =>
  startIngestWorker(context, { s3: createS3Client(), sqs: createSqsClient(), dynamo: createDynamoClient() }),
);
