import { once } from "node:events";
import { connect, type Socket } from "node:net";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { SNSClient } from "@aws-sdk/client-sns";
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { type KeyRights, makeApiKey } from "@stockwire/contracts/api-key";
import type { UploadItem } from "@stockwire/contracts/items";
import type { Problem } from "@stockwire/contracts/problem";
import { bucketVariable, tableVariable, topicVariable } from "@stockwire/contracts/variables";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import { createDynamoClient, createS3Client, createSnsClient } from "@stockwire/service-kit/aws-clients";
import { readConfig } from "@stockwire/service-kit/config";
import { createLogger } from "@stockwire/service-kit/logger";
import { createMetrics, type Metrics } from "@stockwire/service-kit/metrics";
import type { FastifyInstance } from "fastify";
import type { Test } from "tap";
import { buildApp } from "../src/app.ts";
import { type ApiConfig, config as definition } from "../src/config.ts";
import { type ApiContext, createContext } from "../src/context.ts";

export const MIB = 1024 * 1024;

const admin = makeApiKey({ Label: "tests", Scopes: ["admin"] }, new Date());

/** A key that stands in every API's table from the start and may do everything. */
export const ADMIN_KEY = admin.text;

/** `fetch` as an administrator, unless the request says otherwise. */
export const fetch: typeof globalThis.fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  if (!headers.has("x-api-key")) headers.set("x-api-key", ADMIN_KEY);
  return globalThis.fetch(input, { ...init, headers });
};

/** Writes a key into the table. @returns its text and its item */
export const createKey = async (
  { dynamo, context }: RunningApi,
  rights: Partial<KeyRights> & { readonly DisabledAt?: string } = {},
): Promise<ReturnType<typeof makeApiKey>> => {
  const made = makeApiKey({ Label: "", Scopes: ["admin"], ...rights }, new Date());
  const item = { ...made.item, ...(rights.DisabledAt !== undefined && { DisabledAt: rights.DisabledAt }) };
  await dynamo.send(new PutCommand({ TableName: context.resources.tables.ApiKeys, Item: item }));
  return { ...made, item };
};

/** The API as it runs, on a port of its own, on an empty local cloud. */
export interface RunningApi {
  readonly url: string;
  readonly port: number;
  readonly app: FastifyInstance;
  readonly config: ApiConfig;
  readonly context: ApiContext;
  readonly s3: S3Client;
  readonly dynamo: DynamoDBDocumentClient;
  readonly sns: SNSClient;
  readonly metrics: Metrics;
  /** Log lines so far, parsed. */
  readonly logged: Record<string, unknown>[];
}

/** Starts it for this test file and stops it afterwards. */
export const startApi = async (
  t: Test,
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningApi> => {
  const cloud = await startLocalCloud({ log: () => {} });
  t.teardown(() => cloud.stop());
  return startApiOn(t, { ...cloud.environment, ...settings }, true);
};

/** The same for tests in which nothing is stored: every call to the cloud fails. */
export const startApiWithoutCloud = (t: Test): Promise<RunningApi> => {
  const { buckets, tables, topics } = definition.resources;
  const environment = {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL: "http://127.0.0.1:1",
    ...Object.fromEntries(buckets.map((name) => [bucketVariable(name), name])),
    ...Object.fromEntries(tables.map((name) => [tableVariable(name), name])),
    ...Object.fromEntries(topics.map((name) => [topicVariable(name), `arn:aws:sns:us-east-1:0:${name}`])),
  };
  return startApiOn(t, environment, false);
};

const startApiOn = async (
  t: Test,
  environment: Record<string, string>,
  hasCloud: boolean,
): Promise<RunningApi> => {
  Object.assign(process.env, environment);
  const config = readConfig(definition, { ...process.env, OPERATIONS_PORT: "0" });
  const logged: Record<string, unknown>[] = [];
  const log = createLogger("upload-api", "debug", { write: (line) => void logged.push(JSON.parse(line)) });
  const metrics = createMetrics("upload-api");
  const s3 = createS3Client();
  const dynamo = createDynamoClient();
  const sns = createSnsClient();
  const context = createContext({ config, s3, dynamo, sns, metrics, log });
  if (hasCloud) {
    await dynamo.send(new PutCommand({ TableName: config.resources.tables.ApiKeys, Item: admin.item }));
  }
  const app = await buildApp(context);
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  // Runs before the cloud is stopped: tap's teardowns go backwards.
  t.teardown(async () => {
    await app.close();
    s3.destroy();
    dynamo.destroy();
    sns.destroy();
  });
  return { url, port: Number(new URL(url).port), app, config, context, s3, dynamo, sns, metrics, logged };
};

/** A second API on the same cloud, with clients that fail or meddle in some way; answers its URL. */
export const apiWith = async (
  t: Test,
  api: RunningApi,
  clients: { s3?: S3Client; dynamo?: DynamoDBDocumentClient },
): Promise<string> => {
  const app = await buildApp(createContext({ ...api, log: api.context.log, ...clients }));
  t.teardown(async () => {
    await app.close();
    for (const client of Object.values(clients)) client.destroy();
  });
  return app.listen({ host: "127.0.0.1", port: 0 });
};

export const objectKeys = async ({ s3, context }: RunningApi): Promise<string[]> => {
  const { Contents } = await s3.send(
    new ListObjectsV2Command({ Bucket: context.resources.buckets.inventory }),
  );
  return (Contents ?? []).map(({ Key }) => Key ?? "");
};

/** Every receipt, without the table's book-keeping. */
export const receipts = async ({ dynamo, context }: RunningApi): Promise<UploadItem[]> => {
  const { Items } = await dynamo.send(
    new ScanCommand({ TableName: context.resources.tables.Uploads, ConsistentRead: true }),
  );
  return ((Items ?? []) as UploadItem[]).filter(({ Kind }) => Kind !== undefined);
};

/** Waits for an outcome; fails after five seconds. */
export const until = async (what: string, holds: () => Promise<boolean> | boolean): Promise<void> => {
  const deadline = Date.now() + 5_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

export const csvOf = (rows: number): string =>
  `store,item,count\n${Array.from({ length: rows }, (_, row) => `Berlin,Item ${row},${row}\n`).join("")}`;

/** A form with files, as curl -F makes it. */
export const formOf = (
  ...files: readonly [name: string, content: string | Uint8Array<ArrayBuffer>][]
): FormData => {
  const form = new FormData();
  for (const [name, content] of files) form.append("file", new Blob([content], { type: "text/csv" }), name);
  return form;
};

export const problemOf = async (response: Response): Promise<Problem> => (await response.json()) as Problem;

/**
 * Follows a list's cursors to the end. Throws where a page but the last is not full, or the last is empty.
 * @param path up to where `limit=` goes
 */
export const follow = async <Item>({ url }: RunningApi, path: string, limit: number): Promise<Item[]> => {
  const items: Item[] = [];
  for (let cursor: string | undefined; ; ) {
    const response = await fetch(`${url}${path}limit=${limit}${cursor ? `&cursor=${cursor}` : ""}`);
    if (response.status !== 200) throw new Error(await response.text());
    const page = (await response.json()) as { items: Item[]; cursor?: string };
    items.push(...page.items);
    cursor = page.cursor;
    const full = page.items.length === limit;
    if (cursor ? !full : page.items.length === 0) throw new Error(`a page of ${page.items.length}`);
    if (!cursor) return items;
  }
};

/** A connection on which a request can be written byte by byte and broken off. */
export const openSocket = async ({ port }: RunningApi): Promise<Socket> => {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
};

export const write = (socket: Socket, data: string | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => socket.write(data, (error) => (error ? reject(error) : resolve())));

/** Removes every object and receipt. */
export const clear = async (api: RunningApi): Promise<void> => {
  const { resources } = api.context;
  for (const Key of await objectKeys(api)) {
    await api.s3.send(new DeleteObjectCommand({ Bucket: resources.buckets.inventory, Key }));
  }
  for (const { UploadId } of await receipts(api)) {
    await api.dynamo.send(new DeleteCommand({ TableName: resources.tables.Uploads, Key: { UploadId } }));
  }
};

/**
 * True when the inventory bucket has neither objects nor unfinished multipart uploads, and no receipt stands. The
 * emulator cannot list unfinished uploads, but refuses to delete a bucket that has any.
 */
export const nothingIsLeft = async (api: RunningApi): Promise<boolean> => {
  if ((await objectKeys(api)).length > 0 || (await receipts(api)).length > 0) return false;
  const Bucket = api.context.resources.buckets.inventory;
  try {
    await api.s3.send(new DeleteBucketCommand({ Bucket }));
  } catch (error) {
    if (error instanceof Error && error.name === "BucketNotEmpty") return false;
    throw error;
  }
  await api.s3.send(new CreateBucketCommand({ Bucket }));
  return true;
};
