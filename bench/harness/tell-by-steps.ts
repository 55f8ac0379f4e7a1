import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Message } from "@aws-sdk/client-sqs";
import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expiresAt, RECORDS_DAYS } from "@stockwire/contracts/items";
import { compositeKey, dayOf } from "@stockwire/contracts/keys";
import type { InventoryStreamRecord } from "@stockwire/contracts/stream-record";

const LEASE_MS = 45_000;

/**
 * A transition's way from its stream record to told staff by the requests that rule 6 asks for: claim it, so that nobody
 * else tells of it; publish; write down that it is told. Every record is about an item that has run out.
 */
export const createTellBySteps = (
  sns: SNSClient,
  dynamo: DynamoDBDocumentClient,
  TableName: string,
  TopicArn: string,
) => {
  const claim = async (Key: Readonly<Record<string, string>>, record: Readonly<Record<string, unknown>>) => {
    const names = Object.keys(record);
    await dynamo.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(", ")}`,
        ConditionExpression:
          "attribute_not_exists(StoreItem) OR (attribute_not_exists(PublishedAt) AND ClaimedUntil <= :now)",
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: {
          ...Object.fromEntries(Object.entries(record).map(([name, value]) => [`:${name}`, value])),
          ":now": Date.now(),
        },
      }),
    );
  };
  return async ({ Body = "" }: Message): Promise<void> => {
    const { Store, Item, Version, UploadId, UpdatedAt } = (JSON.parse(Body) as InventoryStreamRecord).dynamodb
      .NewImage;
    const [store, item, now] = [Store.S, Item.S, Date.now()];
    const key = { StoreItem: compositeKey(store, item), Version: Version.S };
    const message = `${store} is out of stock of ${item}`;
    await claim(key, {
      Store: store,
      Item: item,
      Kind: "out",
      Count: 0,
      Message: message,
      UploadId: UploadId.S,
      At: UpdatedAt.S,
      Day: dayOf(UpdatedAt.S),
      ClaimedUntil: now + LEASE_MS,
      ExpiresAt: expiresAt(now, RECORDS_DAYS),
    });
    await sns.send(
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
    await dynamo.send(
      new UpdateCommand({
        TableName,
        Key: key,
        UpdateExpression: "SET PublishedAt = :now REMOVE ClaimedUntil",
        ConditionExpression: "attribute_exists(StoreItem) AND attribute_not_exists(PublishedAt)",
        ExpressionAttributeValues: { ":now": new Date().toISOString() },
      }),
    );
  };
};
