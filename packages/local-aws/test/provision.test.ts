import { DescribeTableCommand, DescribeTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import { GetBucketLifecycleConfigurationCommand } from "@aws-sdk/client-s3";
import { ListSubscriptionsCommand } from "@aws-sdk/client-sns";
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { topology } from "@stockwire/contracts/topology";
import { queueVariable } from "@stockwire/contracts/variables";
import t from "tap";
import type { Clients } from "../src/clients.ts";
import { provision } from "../src/provision/provision.ts";
import { startTestCloud } from "./helpers.ts";

const cloud = await startTestCloud(t);
const { clients, environment } = cloud;
const queueUrl = environment[queueVariable("ingest")];
const declared = {
  VisibilityTimeout: String(topology.queues.ingest.visibilityTimeoutSeconds),
  MessageRetentionPeriod: String(topology.queues.ingest.retentionSeconds),
};

const picture = async ({ dynamodb, s3, sns, sqs }: Clients) => {
  const tables = [];
  for (const TableName of Object.keys(topology.tables)) {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    const ttl = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
    tables.push({ Table, ttl: ttl.TimeToLiveDescription });
  }
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["All"] }),
  );
  const { Subscriptions } = await sns.send(new ListSubscriptionsCommand({}));
  const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: "inventory" }));
  return { tables, Attributes: { ...Attributes, LastModifiedTimestamp: "" }, Subscriptions, Rules };
};

t.test("everything that the topology declares is there", async (t) => {
  const { tables, Attributes, Subscriptions, Rules } = await picture(clients);
  t.match(Attributes, declared);
  t.match(JSON.parse(String((Attributes as Record<string, string>).RedrivePolicy)), {
    deadLetterTargetArn: /:ingest-dlq$/,
    maxReceiveCount: 50,
  });
  t.equal(Subscriptions?.length, topology.subscriptions.length);
  t.match(
    Rules?.map(({ ID }) => ID),
    ["abort-incomplete-uploads", "expire-old-versions"],
  );
  const uploads = tables.find(({ Table }) => Table?.TableName === "Uploads");
  t.equal(uploads?.ttl?.AttributeName, "ExpiresAt");
  t.equal(uploads?.Table?.GlobalSecondaryIndexes?.length, 2);
  const inventory = tables.find(({ Table }) => Table?.TableName === "Inventory");
  t.equal(inventory?.Table?.StreamSpecification?.StreamViewType, "NEW_AND_OLD_IMAGES");
  t.equal(inventory?.Table?.BillingModeSummary?.BillingMode, "PAY_PER_REQUEST");
});

t.test("a second run changes nothing and names the same resources", async (t) => {
  const before = await picture(clients);
  const variables = await provision(clients, topology, { bucketEvents: false, log: t.fail });
  t.match(environment, variables);
  t.same(await picture(clients), before);
});

t.test("changed queue attributes are brought back", async (t) => {
  const changed = { VisibilityTimeout: "5" };
  await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: changed }));
  await provision(clients, topology, { bucketEvents: false, log: t.fail });
  t.match((await picture(clients)).Attributes, declared);
});

t.test("a client that knows only the environment can use the queue URLs", async (t) => {
  for (const [name, value] of Object.entries(environment)) process.env[name] = value;
  const sqs = new SQSClient();
  t.teardown(() => sqs.destroy());
  const QueueUrl = environment[queueVariable("ingest-dlq")];
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello" }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
  t.equal(Messages?.[0]?.Body, "hello");
});
