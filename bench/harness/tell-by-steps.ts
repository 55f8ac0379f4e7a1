import { BatchExecuteStatementCommand, type BatchStatementResponse } from "@aws-sdk/client-dynamodb";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Message } from "@aws-sdk/client-sqs";
import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expiresAt, LOADS_DAYS, RECORDS_DAYS } from "@stockwire/contracts/items";
import { compositeKey, dayOf } from "@stockwire/contracts/keys";
import type { InventoryStreamRecord } from "@stockwire/contracts/stream-record";

const LEASE_MS = 45_000;
const SINGLES = 3;

/** That an item has run out. */
interface Transition {
  readonly key: string;
  readonly version: string;
  readonly uploadId: string;
  readonly store: string;
  readonly item: string;
  readonly message: string;
  readonly at: string;
}

const transitionOf = ({ Body = "" }: Message): Transition => {
  const { Store, Item, Version, UploadId, UpdatedAt } = (JSON.parse(Body) as InventoryStreamRecord).dynamodb
    .NewImage;
  return {
    key: compositeKey(Store.S, Item.S),
    version: Version.S,
    uploadId: UploadId.S,
    store: Store.S,
    item: Item.S,
    message: `${Store.S} is out of stock of ${Item.S}`,
    at: UpdatedAt.S,
  };
};

const requireAll = (responses: readonly BatchStatementResponse[] = []): void => {
  const fault = responses.find(({ Error: error }) => error)?.Error;
  if (fault) throw new Error(`an alert was refused: ${fault.Code}: ${fault.Message}`);
};

/**
 * The way of what one receive brought from stream records to told staff by the requests that rule 6 asks for: claim each, so
 * that nobody else tells of it, and a place among the first three of its load; publish; write down that it is told. Every
 * record is about an item that has run out, and none comes twice: one that did would end this process.
 */
export const createTellBySteps = (
  sns: SNSClient,
  dynamo: DynamoDBDocumentClient,
  TableName: string,
  TopicArn: string,
) => {
  const INSERT = `INSERT INTO "${TableName}" VALUE {'StoreItem':?,'Version':?,'Store':?,'Item':?,'Kind':?,'Count':?,'Message':?,'UploadId':?,'At':?,'Day':?,'ClaimedUntil':?,'ExpiresAt':?}`;
  const TOLD = `UPDATE "${TableName}" SET "PublishedAt"=? REMOVE "ClaimedUntil" WHERE "StoreItem"=? AND "Version"=? AND "PublishedAt" IS MISSING`;

  const claim = async (transitions: readonly Transition[]): Promise<void> => {
    const now = Date.now();
    const Statements = transitions.map(({ key, version, store, item, message, uploadId, at }) => ({
      Statement: INSERT,
      Parameters: [
        ...[key, version, store, item, "out"].map((S) => ({ S })),
        { N: "0" },
        ...[message, uploadId, at, dayOf(at)].map((S) => ({ S })),
        ...[now + LEASE_MS, expiresAt(now, RECORDS_DAYS)].map((value) => ({ N: String(value) })),
      ],
    }));
    requireAll((await dynamo.send(new BatchExecuteStatementCommand({ Statements }))).Responses);
  };

  const takePlaces = async (uploadId: string, keys: readonly string[]): Promise<void> => {
    await dynamo.send(
      new UpdateCommand({
        TableName,
        Key: { StoreItem: compositeKey("", "slots", uploadId), Version: "out" },
        UpdateExpression: "ADD StoreItems :these SET ExpiresAt = if_not_exists(ExpiresAt, :expires)",
        ConditionExpression: "attribute_not_exists(StoreItems) OR size(StoreItems) <= :others",
        ExpressionAttributeValues: {
          ":these": new Set(keys),
          ":others": SINGLES - keys.length,
          ":expires": expiresAt(Date.now(), LOADS_DAYS),
        },
      }),
    );
  };

  const publish = ({ store, item, message }: Transition) =>
    sns.send(
      new PublishCommand({
        TopicArn,
        Subject: "Inventory Alert!",
        Message: message,
        MessageAttributes: {
          store: { DataType: "String", StringValue: store },
          kind: { DataType: "String", StringValue: "out" },
          item: { DataType: "String.Array", StringValue: JSON.stringify([item]) },
        },
      }),
    );

  const record = async (transitions: readonly Transition[]): Promise<void> => {
    const now = new Date().toISOString();
    const Statements = transitions.map(({ key, version }) => ({
      Statement: TOLD,
      Parameters: [now, key, version].map((S) => ({ S })),
    }));
    requireAll((await dynamo.send(new BatchExecuteStatementCommand({ Statements }))).Responses);
  };

  return async (messages: readonly Message[]): Promise<void> => {
    const transitions = messages.map(transitionOf);
    const loads = Map.groupBy(transitions, ({ uploadId }) => uploadId);
    const places = [...loads].map(([uploadId, some]) =>
      takePlaces(
        uploadId,
        some.map(({ key }) => key),
      ),
    );
    await Promise.all([claim(transitions), ...places]);
    await Promise.all(transitions.map(publish));
    await record(transitions);
  };
};
