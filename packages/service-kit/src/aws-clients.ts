import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createLimiter } from "./limiter.ts";

/**
 * The SDK's own environment variables decide where these go (`AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_S3`, …); no
 * service knows whether it talks to an emulator. The one thing that the SDK has no variable for is path-style
 * addressing, which an endpoint without wildcard DNS needs.
 */

const sockets = { keepAlive: true, maxSockets: 256 };

/**
 * Fresh connections for one client; a peer that is silent for `timeout` milliseconds is a TimeoutError. The SDK's
 * request timeout ends with the response's headers; the socket's covers a body that stops half-way. Silence counts
 * whoever causes it: a reader that takes nothing from a body for as long loses it too.
 */
const transport = (timeout: number) => ({
  connectionTimeout: 3_000,
  requestTimeout: timeout,
  socketTimeout: timeout,
  throwOnRequestTimeout: true,
  httpAgent: new HttpAgent(sockets),
  httpsAgent: new HttpsAgent(sockets),
});

/**
 * The SDK copies every request and answer for its own log, field by field and whether or not anybody has given it one: an
 * eighth of the CPU where answers are large. The services log what they do themselves.
 */
const withoutLog = <Client extends { readonly middlewareStack: { remove: (name: string) => boolean } }>(
  client: Client,
): Client => {
  client.middlewareStack.remove("loggerMiddleware");
  return client;
};

const hasOwnEndpoint = (): boolean =>
  Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL);

const CHECKSUM_HEADER = /^x-amz-checksum-(crc|sha)/;

/**
 * Leaves bodies given as bytes out of the signature: TLS carries them, S3 compares them with the signed checksum that they bring, and
 * upload-api hashes each file for its receipt anyway. See docs/decisions/0022-unsigned-payloads.md.
 */
const withoutPayloadHash = (client: S3Client): S3Client => {
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers, body } = args.request as { headers: Record<string, string>; body?: unknown };
      const isChecked = Object.keys(headers).some((name) => CHECKSUM_HEADER.test(name));
      if (isChecked && body instanceof Uint8Array) headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
      return next(args);
    },
    // Last of the step in which checksums come, and before the one that signs.
    { step: "build", priority: "low", name: "withoutPayloadHash" },
  );
  return client;
};

/** @param timeout milliseconds that S3 may be silent, also in the middle of a body */
export const createS3Client = (timeout = 60_000): S3Client =>
  withoutPayloadHash(
    withoutLog(
      new S3Client({ forcePathStyle: hasOwnEndpoint(), maxAttempts: 4, requestHandler: transport(timeout) }),
    ),
  );

/**
 * A client that only signs addresses. Left to itself the SDK would sign the checksum of an empty body into them, as
 * it has no body then, and every real one would be refused.
 * @param endpoint where whoever uses the addresses reaches S3; absent: where this process does
 */
export const createUrlSigner = (endpoint?: string): S3Client =>
  new S3Client({
    forcePathStyle: endpoint !== undefined || hasOwnEndpoint(),
    requestChecksumCalculation: "WHEN_REQUIRED",
    ...(endpoint !== undefined && { endpoint }),
  });

/**
 * Requests under way at the same time; the rest waits its turn. Without a limit, a burst of more than the sockets
 * can take (a thousand messages handed back by a stop) fails by itself: the SDK counts the wait for a socket as time
 * to connect.
 */
const SQS_REQUESTS = 64;

/** `receive` waits up to 20 s on purpose, so the request timeout is longer than that. */
export const createSqsClient = (): SQSClient => {
  const client = withoutLog(new SQSClient({ maxAttempts: 4, requestHandler: transport(35_000) }));
  const limit = createLimiter(SQS_REQUESTS);
  // Around the SDK's retries: a request keeps its turn while it is tried again.
  client.middlewareStack.add((next) => (args) => limit(() => next(args)), { step: "initialize" });
  return client;
};

export const createSnsClient = (): SNSClient =>
  withoutLog(new SNSClient({ maxAttempts: 4, requestHandler: transport(10_000) }));

/** For workers: a table that is slow is waited for, since a file has only so many attempts. */
const PATIENT = { timeout: 30_000, attempts: 6 } as const;
/** Where somebody waits for the answer: at the worst he has it within some ten seconds. */
export const PROMPT = { timeout: 3_000, attempts: 3 } as const;

/**
 * The document client: plain JavaScript values in and out; `undefined` members are left out.
 * @param patience `timeout` in milliseconds, for each of the attempts
 */
export const createDynamoClient = (
  patience: { readonly timeout: number; readonly attempts: number } = PATIENT,
): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(
    withoutLog(
      new DynamoDBClient({ maxAttempts: patience.attempts, requestHandler: transport(patience.timeout) }),
    ),
    { marshallOptions: { removeUndefinedValues: true } },
  );
