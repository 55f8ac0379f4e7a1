import { setTimeout as sleep } from "node:timers/promises";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { type _Record, GetRecordsCommand } from "@aws-sdk/client-dynamodb-streams";
import { SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from "@aws-sdk/client-sqs";
import { tableVariable, topicVariable } from "@stockwire/contracts/variables";
import type { Clients, Environment } from "@stockwire/local-aws/clients";
import { listShards, openShard } from "@stockwire/local-aws/pipe/open-shard";

/** One state of one item, as the table's own change log has it. */
export interface Image {
  readonly store: string;
  readonly item: string;
  readonly count: number;
  readonly level: string;
  readonly version: string;
  readonly uploadId: string;
  readonly updatedAt: string;
}
export interface Change {
  readonly before: Image | undefined;
  readonly after: Image | undefined;
}

/** The change log and the inbox, read from the cloud's start to its end by readers of the suite's own. */
export interface Recorder {
  /** Oldest first within an item. */
  readonly changes: readonly Change[];
  /** Every notification that a subscriber got: its lines. */
  readonly notifications: readonly (readonly string[])[];
  readonly stop: () => Promise<void>;
}

const INBOX = "chaos-inbox";

export const startRecorder = async (clients: Clients, environment: Environment): Promise<Recorder> => {
  const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName: INBOX }));
  const { Attributes } = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  await clients.sns.send(
    new SubscribeCommand({
      TopicArn: environment[topicVariable("NoStock")],
      Protocol: "sqs",
      Endpoint: Attributes?.QueueArn,
      Attributes: { RawMessageDelivery: "true" },
    }),
  );
  const changes: Change[] = [];
  const notifications: string[][] = [];
  const stopping = new AbortController();
  const untilStopped = async (look: () => Promise<boolean>): Promise<void> => {
    while (!stopping.signal.aborted) {
      // While the cloud is away there is nothing to read; positions are kept.
      const found = await look().catch(() => false);
      if (!found) await sleep(100);
    }
  };
  const running = [
    untilStopped(changeReader(clients, environment, (change) => void changes.push(change))),
    untilStopped(inboxReader(clients, QueueUrl, (lines) => void notifications.push(lines))),
  ];
  return {
    changes,
    notifications,
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
};

/** Each call reads on in every shard. */
const changeReader = (clients: Clients, environment: Environment, keep: (change: Change) => void) => {
  const positions = new Map<string, string>();
  const iterators = new Map<string, string | undefined>();
  const done = new Set<string>();
  let streamArn: string | undefined;
  return async (): Promise<boolean> => {
    if (streamArn === undefined) {
      const TableName = environment[tableVariable("Inventory")];
      streamArn = (await clients.dynamodb.send(new DescribeTableCommand({ TableName }))).Table
        ?.LatestStreamArn;
    }
    let found = false;
    for (const { ShardId = "" } of await listShards(clients.streams, streamArn ?? "")) {
      if (done.has(ShardId)) continue;
      const iterator =
        iterators.get(ShardId) ??
        (await openShard(clients.streams, streamArn ?? "", ShardId, positions.get(ShardId)));
      // Whatever goes wrong from here on, the shard is opened again behind the last record kept.
      iterators.delete(ShardId);
      const page = await clients.streams.send(new GetRecordsCommand({ ShardIterator: iterator }));
      for (const record of page.Records ?? []) {
        const position = record.dynamodb?.SequenceNumber ?? "0";
        if (BigInt(position) <= BigInt(positions.get(ShardId) ?? -1)) continue;
        positions.set(ShardId, position);
        keep(changeOf(record));
        found = true;
      }
      if (page.NextShardIterator) iterators.set(ShardId, page.NextShardIterator);
      else done.add(ShardId);
    }
    return found;
  };
};

const changeOf = ({ dynamodb }: _Record): Change => ({
  before: imageOf(dynamodb?.OldImage),
  after: imageOf(dynamodb?.NewImage),
});

const imageOf = (image: Record<string, { S?: string; N?: string }> | undefined): Image | undefined =>
  image && {
    store: image.Store?.S ?? "",
    item: image.Item?.S ?? "",
    count: Number(image.Count?.N),
    level: image.Level?.S ?? "",
    version: image.Version?.S ?? "",
    uploadId: image.UploadId?.S ?? "",
    updatedAt: image.UpdatedAt?.S ?? "",
  };

const inboxReader = ({ sqs }: Clients, QueueUrl: string | undefined, keep: (lines: string[]) => void) => {
  const seen = new Set<string>();
  return async (): Promise<boolean> => {
    const receive = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0, VisibilityTimeout: 5 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(receive));
    for (const { MessageId = "", ReceiptHandle, Body = "" } of Messages) {
      // The reader's own repeats are not the system's.
      if (!seen.has(MessageId)) keep(Body.split("\n"));
      seen.add(MessageId);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    return Messages.length > 0;
  };
};
