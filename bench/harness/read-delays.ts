import { DeleteMessageBatchCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { parseUploadVersion } from "@stockwire/contracts/keys";
import { queueVariable } from "@stockwire/contracts/variables";
import { type Clients, createClients, type Environment } from "@stockwire/local-aws/clients";
import { atOnce } from "./at-once.ts";

/**
 * How long each row, and each notification, took from when its file was accepted. All times were written on the way, by
 * the clock of one machine, and are read when everything is over, so that looking costs what is measured nothing:
 * accepted stands in the row's version, UpdatedAt when its write was sent, and SQS's SentTimestamp when SNS had handed
 * the notification over.
 */
export interface Delays {
  /** Milliseconds. */
  readonly visible: readonly number[];
  readonly published: readonly number[];
}

export interface Inbox {
  /** Resolves when so many notifications have come since the last time. @returns arrival by sentence, epoch milliseconds */
  readonly arrived: (count: number, seconds: number) => Promise<ReadonlyMap<string, number>>;
}

const READS_AT_ONCE = 8;

/** The queue that gets what is mailed to staff elsewhere. */
export const openInbox = (environment: Environment): Inbox => {
  const { sqs } = createClients(environment);
  const QueueUrl = environment[queueVariable("alert-inbox")];
  return {
    arrived: async (count, seconds) => {
      const arrivals = new Map<string, number>();
      const deadline = Date.now() + seconds * 1000;
      while (arrivals.size < count) {
        if (Date.now() > deadline) throw new Error(`${arrivals.size} of ${count} notifications came`);
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 10,
            WaitTimeSeconds: 1,
            MessageSystemAttributeNames: ["SentTimestamp"],
          }),
        );
        for (const { Body = "", Attributes } of Messages) {
          const { Message } = JSON.parse(Body) as { Message: string };
          if (arrivals.has(Message)) throw new Error(`told twice: ${Message}`);
          arrivals.set(Message, Number(Attributes?.SentTimestamp));
        }
        if (Messages.length === 0) continue;
        const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
        await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      }
      return arrivals;
    },
  };
};

/** @throws Error where a store has other rows than `items`, or one of them was not told of */
export const readDelays = async (
  clients: Pick<Clients, "dynamodb">,
  TableName: string,
  stores: readonly string[],
  items: readonly string[],
  arrivals: ReadonlyMap<string, number>,
): Promise<Delays> => {
  const dynamo = DynamoDBDocumentClient.from(clients.dynamodb);
  const [visible, published]: [number[], number[]] = [[], []];
  await atOnce(stores.length, READS_AT_ONCE, async (index) => {
    const store = stores[index] ?? "";
    const { Items = [] } = await dynamo.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: "#store = :store",
        ExpressionAttributeNames: { "#store": "Store" },
        ExpressionAttributeValues: { ":store": store },
        ConsistentRead: true,
      }),
    );
    if (Items.map(({ Item }) => Item).join() !== items.join())
      throw new Error(`${store}: ${JSON.stringify(Items)}`);
    for (const { Item, Version, UpdatedAt } of Items) {
      const accepted = Date.parse(parseUploadVersion(Version).receivedAt);
      const told = arrivals.get(`${store} is out of stock of ${Item}`);
      if (told === undefined) throw new Error(`nobody was told that ${store} is out of ${Item}`);
      visible.push(Date.parse(UpdatedAt) - accepted);
      published.push(told - accepted);
    }
  });
  return { visible, published };
};
