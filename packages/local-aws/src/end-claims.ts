import { DynamoDBDocumentClient, ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { IdempotencyItem } from "@stockwire/contracts/items";
import { tableVariable } from "@stockwire/contracts/variables";
import { createClients, destroyClients, type Environment } from "./clients.ts";

/** Ends the lease of every claim on an Idempotency-Key, as a minute does after its process was killed. */
export const endClaims = async (environment: Environment): Promise<void> => {
  const clients = createClients(environment);
  const TableName = environment[tableVariable("IdempotencyKeys")] ?? "IdempotencyKeys";
  try {
    const dynamo = DynamoDBDocumentClient.from(clients.dynamodb);
    const { Items = [] } = await dynamo.send(new ScanCommand({ TableName, ConsistentRead: true }));
    for (const { CallerKey } of Items as IdempotencyItem[]) {
      await dynamo.send(
        new UpdateCommand({
          TableName,
          Key: { CallerKey },
          UpdateExpression: "SET LeaseUntil = :ended",
          ExpressionAttributeValues: { ":ended": 0 },
        }),
      );
    }
  } finally {
    destroyClients(clients);
  }
};
