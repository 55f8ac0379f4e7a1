import type { Server } from "node:http";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { topology } from "@stockwire/contracts/topology";
import type { FauxqsServer } from "fauxqs";
import { openBridgeState } from "./bridge-state.ts";
import { acceptEmptyObjects } from "./bridges/accept-empty-objects.ts";
import { allowBrowsers } from "./bridges/allow-browsers.ts";
import { announceObjects } from "./bridges/announce-objects.ts";
import { type Announcer, announceMissed, createAnnouncer } from "./bridges/announcer.ts";
import { handBackOnDisk } from "./bridges/hand-back-on-disk.ts";
import { heedCopyConditions } from "./bridges/heed-copy-conditions.ts";
import { heedSignatures } from "./bridges/heed-signatures.ts";
import { keepPartsOnDisk } from "./bridges/keep-parts-on-disk.ts";
import { listInOrder } from "./bridges/list-in-order.ts";
import { openPresignedPort } from "./bridges/presigned-port.ts";
import { refuseKeys } from "./bridges/refuse-keys.ts";
import { returnUndelivered } from "./bridges/return-undelivered.ts";
import { serveFromDisk } from "./bridges/serve-from-disk.ts";
import { createClients, destroyClients } from "./clients.ts";
import { type Cloud, type CloudOptions, logToStandardError } from "./cloud.ts";
import { startDynamoDb } from "./emulators/dynamodb.ts";
import { s3StorageIn, startFauxqsAt } from "./emulators/fauxqs.ts";
import { inspectS3Storage } from "./emulators/inspect-s3-storage.ts";
import { provision } from "./provision/provision.ts";
import { startPipes } from "./start-pipes.ts";

export interface LocalCloudOptions extends CloudOptions {
  /** Default 127.0.0.1: nobody asks for a password here. */
  readonly host?: string | undefined;
  /** S3, SQS and SNS; 0 (the default): any free port. */
  readonly awsPort?: number | undefined;
  /** Where presigned addresses are taken, and nothing else; absent: only on `awsPort`, which takes everything. */
  readonly presignedPort?: number | undefined;
  /** DynamoDB and its streams; 0 (the default): any free port. */
  readonly dynamoPort?: number | undefined;
  /** Called when an emulator ends by itself; the cloud is of no use from then on. */
  readonly onFailure?: ((reason: string) => void) | undefined;
}

const REGION = "us-east-1";
const KEYS = { accessKeyId: "local", secretAccessKey: "local" } as const;

/**
 * Starts the emulators, provisions them from the topology and starts the bridges.
 * @throws Error whose message is one line for the user, e.g. for a taken port
 */
export const startLocalCloud = async (options: LocalCloudOptions = {}): Promise<Cloud> => {
  const { dataDir, host = "127.0.0.1", log = logToStandardError } = options;
  const cleanups: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    const database = openBridgeState(dataDir);
    cleanups.push(() => database.close());
    let stopping = false;
    const dynamo = startDynamoDb({
      dataDir: dataDir && join(dataDir, "dynamodb"),
      host,
      port: options.dynamoPort ?? 0,
      log,
    });
    const [dynamoStarted, fauxqsStarted] = await Promise.allSettled([
      dynamo,
      startObjectsAndQueues(options, host, database, log),
    ]);
    if (dynamoStarted.status === "fulfilled") cleanups.push(() => dynamoStarted.value.stop());
    if (fauxqsStarted.status === "fulfilled") cleanups.push(() => fauxqsStarted.value.server.stop());
    if (fauxqsStarted.status === "rejected") throw fauxqsStarted.reason;
    if (dynamoStarted.status === "rejected") throw dynamoStarted.reason;
    void dynamoStarted.value.ended.then((reason) => {
      if (!stopping) (options.onFailure ?? log)(`DynamoDB ended unexpectedly: ${reason}`);
    });

    const endpoints = localEnvironment(host, fauxqsStarted.value.server.port, dynamoStarted.value.port);
    const clients = createClients(endpoints);
    cleanups.push(() => destroyClients(clients));
    const variables = await provision(clients, topology, { bucketEvents: false, log });
    fauxqsStarted.value.announceMissed();
    if (options.presignedPort !== undefined) {
      const outside = { host, port: options.presignedPort };
      cleanups.push(await openPresignedPort(fauxqsStarted.value.listener, outside));
    }
    const pipes = startPipes(clients, topology, variables, { database, log });
    cleanups.push(() => pipes.stop());
    cleanups.push(() => {
      stopping = true;
    });
    return { environment: { ...endpoints, ...variables }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** S3, SQS and SNS, with object-created events bridged from the first to the last. */
const startObjectsAndQueues = async (
  { dataDir, awsPort = 0 }: LocalCloudOptions,
  host: string,
  database: DatabaseSync,
  log: (line: string) => void,
): Promise<{ server: FauxqsServer; listener: Server; announceMissed: () => void }> => {
  const stored = dataDir ? inspectS3Storage(s3StorageIn(dataDir), log) : [];
  let announcer: Announcer | undefined;
  let listener: Server | undefined;
  await Promise.all([listInOrder(), keepPartsOnDisk()]);
  const server = await startFauxqsAt({
    dataDir,
    host,
    port: awsPort,
    extend: (app) => {
      listener = app.server;
      allowBrowsers(app);
      heedSignatures(app, KEYS);
      if (dataDir) handBackOnDisk(app);
      acceptEmptyObjects(app);
      refuseKeys(app);
      if (dataDir) serveFromDisk(app, s3StorageIn(dataDir));
      heedCopyConditions(app);
      returnUndelivered(app);
      announceObjects(app, () => announcer);
    },
  });
  const notifying = Object.entries(topology.buckets).flatMap(([bucket, { notifies }]) =>
    notifies ? ([[bucket, notifies]] as const) : [],
  );
  const created = createAnnouncer({
    database,
    region: REGION,
    topics: new Map(notifying),
    publish: (topic, message) => server.publish(topic, message, { region: REGION }),
  });
  announcer = created;
  if (listener === undefined) throw new Error("fauxqs has started without an application");
  return {
    server,
    listener,
    announceMissed: () => {
      const missed = announceMissed(created, stored);
      if (missed > 0) log(`Announced ${missed} stored file(s) that a kill had kept from being announced.`);
    },
  };
};

const localEnvironment = (host: string, awsPort: number, dynamoPort: number): Record<string, string> => {
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  const aws = `http://${reachable}:${awsPort}`;
  const dynamo = `http://${reachable}:${dynamoPort}`;
  return {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    AWS_ENDPOINT_URL_S3: aws,
    AWS_ENDPOINT_URL_SQS: aws,
    AWS_ENDPOINT_URL_SNS: aws,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: dynamo,
  };
};
