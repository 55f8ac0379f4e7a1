import { GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import type { BucketName, QueueName, TableName } from "@stockwire/contracts/topology";
import { bucketVariable, queueVariable, tableVariable } from "@stockwire/contracts/variables";
import type { Clients, Environment } from "@stockwire/local-aws/clients";

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
