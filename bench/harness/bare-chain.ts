import { PublishCommand } from "@aws-sdk/client-sns";
import type { Message } from "@aws-sdk/client-sqs";
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { decodeEventKey } from "@stockwire/contracts/s3-event";
import { createDynamoClient, createSnsClient } from "@stockwire/service-kit/aws-clients";
import { receiveAll } from "./receive-all.ts";

/**
 * The hops from an object to a notification with nothing done at any of them: receive an event and write rows, or
 * receive a stream record and publish. No file is read, nothing is checked, remembered or guarded. A process of its own for each half: `node bench/harness/bare-chain.ts rows|publish`.
 */

/** What a file says: these items of one store have run out. */
export const ITEMS = ["Item 0", "Item 1", "Item 2"] as const;

/** The rows of a bare file stand in its key. */
export const bareKey = (version: string, store: string): string => `bare/${version}/${store}.csv`;

const writeRows = () => {
  const dynamo = createDynamoClient();
  return async ({ Body = "" }: Message): Promise<void> => {
    const { Records } = JSON.parse(Body) as { Records: [{ s3: { object: { key: string } } }] };
    const [, Version, file = ""] = decodeEventKey(Records[0].s3.object.key).split("/");
    const Store = file.replace(/\.csv$/, "");
    const row = { Store, Count: 0, Level: "out", Previous: null, Version, UploadId: Store };
    const puts = ITEMS.map((Item, index) => {
      const at = { Line: index + 2, UpdatedAt: new Date().toISOString() };
      return { PutRequest: { Item: { ...row, Item, ...at } } };
    });
    const { UnprocessedItems = {} } = await dynamo.send(
      new BatchWriteCommand({ RequestItems: { [process.env.TABLE_INVENTORY ?? ""]: puts } }),
    );
    if (Object.keys(UnprocessedItems).length > 0) throw new Error(`not all rows of ${Store} were written`);
  };
};

interface StreamRecord {
  readonly dynamodb: { readonly NewImage: { readonly Store: { S: string }; readonly Item: { S: string } } };
}

const publish = () => {
  const sns = createSnsClient();
  return async ({ Body = "" }: Message): Promise<void> => {
    const { Store, Item } = (JSON.parse(Body) as StreamRecord).dynamodb.NewImage;
    await sns.send(
      new PublishCommand({
        TopicArn: process.env.TOPIC_NO_STOCK,
        Subject: "Inventory Alert!",
        Message: `${Store.S} is out of stock of ${Item.S}`,
        MessageAttributes: { store: { DataType: "String", StringValue: Store.S } },
      }),
    );
  };
};

if (import.meta.main) {
  const { QUEUE_INGEST = "", QUEUE_ALERT = "" } = process.env;
  const isRows = process.argv[2] === "rows";
  const work = isRows ? writeRows() : publish();
  await receiveAll(isRows ? QUEUE_INGEST : QUEUE_ALERT, (messages) => Promise.all(messages.map(work)));
}
