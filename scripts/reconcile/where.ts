import { GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import type { BucketName, QueueName, TableName } from "@stockwire/contracts/topology";
import { bucketVariable, queueVariable, tableVariable } from "@stockwire/contracts/variables";
import { type Clients, type Environment, endpointOf } from "@stockwire/local-aws/clients";

/** The cloud that the environment points to; where it points nowhere, that of `npm start`. */
export const environmentOf = (
  environment: Environment,
): { readonly environment: Environment; readonly place: string } => {
  const endpoint = endpointOf(environment, "S3");
  if (endpoint) return { environment, place: `at ${endpoint}` };
  if (environment[bucketVariable("inventory")]) return { environment, place: "on AWS" };
  const local = `http://127.0.0.1:${environment.AWS_PORT || 4566}`;
  return {
    environment: {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL: local,
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${environment.DYNAMODB_PORT || 8000}`,
      RECEIPT_DAYS: environment.RECEIPT_DAYS,
    },
    place: `at ${local}, the local cloud`,
  };
};

/** Physical names stand in the services' own variables; locally the logical names are the physical ones. */
export const namesIn = (environment: Environment, { sqs }: Clients) => ({
  bucket: (name: BucketName): string => environment[bucketVariable(name)] || name,
  table: (name: TableName): string => environment[tableVariable(name)] || name,
  queue: async (name: QueueName): Promise<string> => {
    const given = environment[queueVariable(name)];
    if (given) return given;
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    return QueueUrl ?? "";
  },
});
