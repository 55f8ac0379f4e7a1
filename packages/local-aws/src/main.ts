import { writeFileSync } from "node:fs";
import { provideAdminKey } from "./admin-key.ts";
import { connectCloud } from "./connect-cloud.ts";
import { startLocalCloud } from "./local-cloud.ts";

/**
 * The local cloud as a process of its own. STOCKWIRE_DATA_DIR (absent: in memory), HOST, AWS_PORT, DYNAMODB_PORT,
 * PRESIGNED_PORT (absent: none);
 * with AWS_ENDPOINT_URL that endpoint is used instead. READY_FILE is made once everything is provisioned. Tells its
 * environment by IPC, or as one line of JSON. The administrator's key lies in the data directory, and is told by IPC only.
 */
const dataDir = process.env.STOCKWIRE_DATA_DIR || undefined;
const portFrom = (name: string, fallback: number): number => Number(process.env[name] || fallback);

const fail = (reason: unknown): never => {
  process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
  process.exit(1);
};

const starting = process.env.AWS_ENDPOINT_URL
  ? connectCloud({ dataDir })
  : startLocalCloud({
      dataDir,
      host: process.env.HOST || undefined,
      awsPort: portFrom("AWS_PORT", 4566),
      ...(process.env.PRESIGNED_PORT && { presignedPort: Number(process.env.PRESIGNED_PORT) }),
      dynamoPort: portFrom("DYNAMODB_PORT", 8000),
      onFailure: fail,
    });

let stopping = false;
const stop = async (): Promise<void> => {
  if (stopping) return;
  stopping = true;
  const cloud = await starting.catch(fail);
  await cloud.stop();
  process.exit(0);
};
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("disconnect", stop); // whoever started it is gone

const { environment } = await starting.catch(fail);
const apiKey = await provideAdminKey({ ...process.env, ...environment }, dataDir).catch(fail);
// The emulators answer before everything in them is up to date; a health check can wait for this file instead.
if (process.env.READY_FILE) writeFileSync(process.env.READY_FILE, "");
if (process.send) process.send({ environment, apiKey });
else process.stdout.write(`${JSON.stringify({ environment })}\n`);
