import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { HeadBucketCommand } from "@aws-sdk/client-s3";
import {
  createDynamoClient,
  createS3Client,
  createSnsClient,
  PROMPT,
} from "@stockwire/service-kit/aws-clients";
import { runService } from "@stockwire/service-kit/run-service";
import { buildApp } from "./app.ts";
import { config as definition } from "./config.ts";
import { createContext } from "./context.ts";
import { startSweeping } from "./presigned/sweep-abandoned.ts";

await runService("upload-api", definition, async ({ config, log, metrics }) => {
  const s3 = createS3Client();
  const dynamo = createDynamoClient(PROMPT);
  const sns = createSnsClient();
  const context = createContext({ config, s3, dynamo, sns, metrics, log });
  const app = await buildApp(context);
  const address = await app.listen({ host: config.settings.HOST, port: config.settings.PORT });
  log.info({ address }, "listening");
  const sweeping = startSweeping(context, config.settings.SWEEP_SECONDS);
  return {
    checks: {
      s3: async () => {
        await s3.send(new HeadBucketCommand({ Bucket: config.resources.buckets.inventory }));
      },
      dynamodb: async () => {
        await dynamo.send(new DescribeTableCommand({ TableName: config.resources.tables.Uploads }));
      },
    },
    // Closing refuses new connections and waits for the uploads in progress.
    shutdown: [
      { name: "http server", run: () => app.close() },
      { name: "sweeping", run: sweeping.stop },
    ],
  };
});
