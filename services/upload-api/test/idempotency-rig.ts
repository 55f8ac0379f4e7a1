import type { S3Client } from "@aws-sdk/client-s3";
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  ScanCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { IdempotencyItem } from "@stockwire/contracts/items";
import { createDynamoClient, createS3Client } from "@stockwire/service-kit/aws-clients";
import type { RunningApi } from "./helpers.ts";

export interface Answer {
  readonly status: number;
  readonly body: { uploads: { uploadId: string; filename: string }[]; code?: string };
  readonly location: string | null;
  readonly replayed: string | null;
  readonly retryAfter: string | null;
}

export const answerOf = async (response: Response): Promise<Answer> => ({
  status: response.status,
  body: (await response.json()) as Answer["body"],
  location: response.headers.get("location"),
  replayed: response.headers.get("idempotent-replayed"),
  retryAfter: response.headers.get("retry-after"),
});

/** Every item of the table. */
export const claimsIn = async ({ dynamo, context }: RunningApi): Promise<IdempotencyItem[]> => {
  const TableName = context.resources.tables.IdempotencyKeys;
  const { Items } = await dynamo.send(new ScanCommand({ TableName, ConsistentRead: true }));
  return (Items ?? []) as IdempotencyItem[];
};

/** Sets an attribute of every item, as time would. */
export const setInClaims = async (
  api: RunningApi,
  name: "LeaseUntil" | "ExpiresAt",
  value: number,
): Promise<void> => {
  for (const { CallerKey } of await claimsIn(api)) {
    await api.dynamo.send(
      new UpdateCommand({
        TableName: api.context.resources.tables.IdempotencyKeys,
        Key: { CallerKey },
        UpdateExpression: `SET ${name} = :value`,
        ExpressionAttributeValues: { ":value": value },
      }),
    );
  }
};

export const clearClaims = async (api: RunningApi): Promise<void> => {
  const TableName = api.context.resources.tables.IdempotencyKeys;
  for (const { CallerKey } of await claimsIn(api)) {
    await api.dynamo.send(new DeleteCommand({ TableName, Key: { CallerKey } }));
  }
};

/** What happens around each call to the cloud; throws, or waits, where the test wants that. */
export type OnCall = (when: "before" | "after", commandName: string, input: unknown) => Promise<void>;

export const watchedClients = (onCall: OnCall): { s3: S3Client; dynamo: DynamoDBDocumentClient } => {
  const s3 = createS3Client();
  const dynamo = createDynamoClient();
  const watch =
    <Args extends { input: unknown }, Result>(
      next: (args: Args) => Promise<Result>,
      { commandName = "" }: { commandName?: string },
    ) =>
    async (args: Args): Promise<Result> => {
      await onCall("before", commandName, args.input);
      const result = await next(args);
      await onCall("after", commandName, args.input);
      return result;
    };
  s3.middlewareStack.add(watch, { step: "initialize" });
  dynamo.middlewareStack.add(watch, { step: "initialize" });
  return { s3, dynamo };
};
