import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import type { TableDeclaration, TableName, Topology } from "@stockwire/contracts/topology";
import { tableVariable } from "@stockwire/contracts/variables";

/** Creates tables, and the indexes, streams and expiry that an existing table lacks. Billing is on demand. */
export const provisionTables = async (
  dynamodb: DynamoDBClient,
  topology: Topology,
): Promise<Record<string, string>> => {
  const tables = Object.entries(topology.tables) as [TableName, TableDeclaration][];
  await Promise.all(tables.map(([name, table]) => provisionTable(dynamodb, name, table)));
  return Object.fromEntries(tables.map(([name]) => [tableVariable(name), name]));
};

const provisionTable = async (
  dynamodb: DynamoDBClient,
  name: string,
  table: TableDeclaration,
): Promise<void> => {
  const existing = await describe(dynamodb, name);
  if (existing) {
    await addWhatIsMissing(dynamodb, name, table, existing);
  } else {
    const indexes = toIndexes(table);
    await dynamodb.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: attributesOf(table),
        KeySchema: toKeySchema(table),
        ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
        ...(table.stream && { StreamSpecification: streamOf(table.stream) }),
      }),
    );
    await untilActive(dynamodb, name);
  }
  if (table.timeToLive) await expireBy(dynamodb, name, table.timeToLive);
};

const describe = async (dynamodb: DynamoDBClient, name: string): Promise<TableDescription | undefined> => {
  try {
    return (await dynamodb.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
};

/** One change at a time, as DynamoDB wants it. What an index projects cannot be changed afterwards. */
const addWhatIsMissing = async (
  dynamodb: DynamoDBClient,
  name: string,
  table: TableDeclaration,
  existing: TableDescription,
): Promise<void> => {
  const present = new Set(existing.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName));
  for (const index of toIndexes(table).filter(({ IndexName }) => !present.has(IndexName))) {
    await dynamodb.send(
      new UpdateTableCommand({
        TableName: name,
        AttributeDefinitions: attributesOf(table),
        GlobalSecondaryIndexUpdates: [{ Create: index }],
      }),
    );
    await untilActive(dynamodb, name);
  }
  if (table.stream && !existing.StreamSpecification?.StreamEnabled) {
    const StreamSpecification = streamOf(table.stream);
    await dynamodb.send(new UpdateTableCommand({ TableName: name, StreamSpecification }));
    await untilActive(dynamodb, name);
  }
};

const untilActive = async (dynamodb: DynamoDBClient, name: string): Promise<void> => {
  for (;;) {
    const table = await describe(dynamodb, name);
    const indexes = table?.GlobalSecondaryIndexes ?? [];
    if (table?.TableStatus === "ACTIVE" && indexes.every((index) => index.IndexStatus === "ACTIVE")) return;
    await sleep(200);
  }
};

const expireBy = async (dynamodb: DynamoDBClient, name: string, attribute: string): Promise<void> => {
  const { TimeToLiveDescription: current } = await dynamodb.send(
    new DescribeTimeToLiveCommand({ TableName: name }),
  );
  if (current?.TimeToLiveStatus === "ENABLED" || current?.TimeToLiveStatus === "ENABLING") return;
  const TimeToLiveSpecification = { AttributeName: attribute, Enabled: true };
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
};

type Keys = Pick<TableDeclaration, "partitionKey" | "sortKey">;

const toKeySchema = ({ partitionKey, sortKey }: Keys) => [
  { AttributeName: partitionKey, KeyType: "HASH" as const },
  ...(sortKey ? [{ AttributeName: sortKey, KeyType: "RANGE" as const }] : []),
];

/** Every key of every table is a string. */
const attributesOf = (table: TableDeclaration) => {
  const keys = [table, ...Object.values(table.indexes ?? {})].flatMap((each: Keys) => [
    each.partitionKey,
    ...(each.sortKey ? [each.sortKey] : []),
  ]);
  return [...new Set(keys)].map((AttributeName) => ({ AttributeName, AttributeType: "S" as const }));
};

const toIndexes = (table: TableDeclaration): GlobalSecondaryIndex[] =>
  Object.entries(table.indexes ?? {}).map(([IndexName, index]) => ({
    IndexName,
    KeySchema: toKeySchema(index),
    Projection:
      index.projects.length > 0
        ? { ProjectionType: "INCLUDE", NonKeyAttributes: [...index.projects] }
        : { ProjectionType: "KEYS_ONLY" },
  }));

const streamOf = (view: NonNullable<TableDeclaration["stream"]>) => ({
  StreamEnabled: true,
  StreamViewType: view,
});
