import type { TableDeclaration, Topology } from "@stockwire/contracts/topology";
import { RemovalPolicy } from "aws-cdk-lib";
import {
  type Attribute,
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";
import type { Names } from "../names.ts";
import type { TableParameters } from "../parameters.ts";

/** Every key of the topology is text. */
const key = (name: string): Attribute => ({ name, type: AttributeType.STRING });

/**
 * The topology's tables by logical name. Always as global tables, also with no replica: CloudFormation cannot turn
 * one kind into the other without taking the table out of its hands in between.
 */
export const createTables = (
  scope: Construct,
  { tables }: Topology,
  names: Names,
  parameters: TableParameters,
): Map<string, TableV2> =>
  new Map(
    Object.entries<TableDeclaration>(tables).map(([name, declaration]) => [
      name,
      createTable(scope, names.of(name), `${name}-table`, declaration, parameters),
    ]),
  );

const createTable = (
  scope: Construct,
  tableName: string,
  id: string,
  { partitionKey, sortKey, indexes = {}, stream, timeToLive }: TableDeclaration,
  { pointInTimeRecoveryDays, replicaRegions }: TableParameters,
): TableV2 =>
  new TableV2(scope, id, {
    tableName,
    partitionKey: key(partitionKey),
    ...(sortKey && { sortKey: key(sortKey) }),
    globalSecondaryIndexes: Object.entries(indexes).map(([indexName, index]) => ({
      indexName,
      partitionKey: key(index.partitionKey),
      sortKey: key(index.sortKey),
      ...(index.projects.length > 0
        ? { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...index.projects] }
        : { projectionType: ProjectionType.KEYS_ONLY }),
    })),
    ...(stream && { dynamoStream: StreamViewType[stream] }),
    ...(timeToLive && { timeToLiveAttribute: timeToLive }),
    billing: Billing.onDemand(),
    encryption: TableEncryptionV2.dynamoOwnedKey(),
    pointInTimeRecoverySpecification: {
      pointInTimeRecoveryEnabled: true,
      recoveryPeriodInDays: pointInTimeRecoveryDays,
    },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
    replicas: replicaRegions.map((region) => ({ region })),
  });
