import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";

/** What provisioning and the pipe talk to. */
export interface Clients {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly dynamodb: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
}

/** The endpoint that the SDK would choose for a service; undefined: the real AWS. */
export const endpointOf = (environment: Environment, service: string): string | undefined =>
  environment[`AWS_ENDPOINT_URL_${service}`] || environment.AWS_ENDPOINT_URL || undefined;

/** Environment variables, as a process has them or as `startLocalCloud` returns them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Clients for the cloud that an environment describes, without touching this process's own variables. Where the
 * environment carries no credentials, the SDK's default chain finds them.
 */
export const createClients = (environment: Environment): Clients => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  const common = {
    region: environment.AWS_REGION || "us-east-1",
    ...(AWS_ACCESS_KEY_ID &&
      AWS_SECRET_ACCESS_KEY && {
        credentials: {
          accessKeyId: AWS_ACCESS_KEY_ID,
          secretAccessKey: AWS_SECRET_ACCESS_KEY,
          ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
        },
      }),
  };
  const at = (service: string) => {
    const endpoint = endpointOf(environment, service);
    return endpoint ? { ...common, endpoint } : common;
  };
  return {
    s3: new S3Client({ ...at("S3"), forcePathStyle: endpointOf(environment, "S3") !== undefined }),
    sqs: new SQSClient(at("SQS")),
    sns: new SNSClient(at("SNS")),
    dynamodb: new DynamoDBClient(at("DYNAMODB")),
    streams: new DynamoDBStreamsClient(at("DYNAMODB_STREAMS")),
  };
};

/** Closes the clients' idle connections, which would keep the process alive otherwise. */
export const destroyClients = (clients: Clients): void => {
  for (const client of Object.values(clients)) client.destroy();
};
