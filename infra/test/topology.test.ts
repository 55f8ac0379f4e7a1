import {
  type BucketDeclaration,
  type IndexDeclaration,
  type PipeDeclaration,
  type QueueDeclaration,
  type TableDeclaration,
  type Topology,
  topology,
} from "@stockwire/contracts/topology";
import t from "tap";
import { dev, type EnvironmentParameters, prod } from "../lib/parameters.ts";
import { buildEnvironment, type Loose, named, type Resource, resourcesOf, written } from "./helpers.ts";

const built = buildEnvironment(prod);
const { data } = built.templates;

const bucketName = (name: string) => `stockwire-prod-${name}-<AWS::AccountId>-<AWS::Region>`;
const queueArn = (name: string) =>
  `arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:stockwire-prod-${name}`;
const bucketOf = (name: string) => named(data, "AWS::S3::Bucket", "BucketName", bucketName(name));

for (const [name, declared] of Object.entries<BucketDeclaration>(topology.buckets)) {
  t.test(`bucket ${name}`, async (t) => {
    const { Properties, DeletionPolicy } = bucketOf(name);
    t.equal(DeletionPolicy, "RetainExceptOnCreate");
    t.equal(Properties.VersioningConfiguration?.Status, declared.versioned ? "Enabled" : undefined);
    t.same(Object.values(Properties.PublicAccessBlockConfiguration), [true, true, true, true]);
    t.match(Properties.BucketEncryption.ServerSideEncryptionConfiguration, [
      { ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } },
    ]);
    const rules = Object.fromEntries(
      Properties.LifecycleConfiguration.Rules.map((rule: Loose) => [rule.Id, rule]),
    );
    t.equal(
      rules["abort-incomplete-uploads"].AbortIncompleteMultipartUpload.DaysAfterInitiation,
      declared.abortIncompleteUploadsAfterDays,
    );
    t.equal(rules.expire?.ExpirationInDays, declared.expireAfterDays);
    t.equal(
      rules["expire-old-versions"]?.NoncurrentVersionExpiration.NoncurrentDays,
      declared.expireOldVersionsAfterDays,
    );
    if (name === "inventory") {
      t.match(rules["infrequent-access"].Transitions, [
        { StorageClass: "STANDARD_IA", TransitionInDays: 30 },
      ]);
    }
    const cors = Properties.CorsConfiguration?.CorsRules;
    t.equal(cors?.length, declared.browserUploads ? 1 : undefined);
    if (cors) {
      t.match(cors, [
        { AllowedMethods: ["PUT"], AllowedHeaders: ["content-type"], ExposedHeaders: ["ETag"] },
      ]);
      t.same(cors[0].AllowedOrigins, ["https://*.cloudfront.net", { Ref: "ApiAddress" }]);
    }
    const told = Properties.NotificationConfiguration?.TopicConfigurations?.[0];
    t.equal(told === undefined, declared.notifies === undefined);
    if (told) {
      const [topicId] = resourcesOf(data, "AWS::SNS::Topic").find(
        ([, topic]) => topic.Properties.TopicName === `stockwire-prod-${declared.notifies}`,
      ) as [string, Resource];
      t.equal(told.Event, "s3:ObjectCreated:*");
      t.equal(written(told.Topic), `<${topicId}>`);
      const policies = resourcesOf(data, "AWS::SNS::TopicPolicy").map(([, { Properties: policy }]) => policy);
      const policy = policies.find(({ Topics }) => written(Topics[0]) === `<${topicId}>`);
      const s3 = policy.PolicyDocument.Statement.find(
        (one: Loose) => one.Principal.Service === "s3.amazonaws.com",
      );
      t.equal(s3.Action, "sns:Publish");
      t.equal(
        written(s3.Condition.ArnEquals["aws:SourceArn"]),
        `arn:<AWS::Partition>:s3:::${bucketName(name)}`,
      );
      t.equal(written(s3.Condition.StringEquals["aws:SourceAccount"]), "<AWS::AccountId>");
    }
  });
}

t.test("pages besides the dashboard may send parts where an environment names them", async (t) => {
  const api = { ...dev.api, origins: ["https://till.example"] };
  const { data: opened } = buildEnvironment({ ...dev, api }).templates;
  const name = "stockwire-dev-inventory-<AWS::AccountId>-<AWS::Region>";
  const { Properties } = named(opened, "AWS::S3::Bucket", "BucketName", name);
  t.same(Properties.CorsConfiguration.CorsRules[0].AllowedOrigins, [
    "https://*.cloudfront.net",
    { Ref: "ApiAddress" },
    "https://till.example",
  ]);
});

t.test("the API's address is asked for as browsers name it", async (t) => {
  const { AllowedPattern, Default } = data.findParameters("ApiAddress").ApiAddress as Loose;
  t.equal(Default, undefined, "so that nobody forgets it");
  const isTaken = (address: string) => new RegExp(AllowedPattern).test(address);
  for (const right of ["https://stock.example.com", "https://stock.internal:8443"])
    t.ok(isTaken(right), right);
  for (const wrong of [
    "https://Stock.example.com",
    "https://stock.example.com/",
    "http://stock.example.com",
    "*",
  ]) {
    t.notOk(isTaken(wrong), wrong);
  }
});

t.test("a bucket refuses what does not come by TLS, and presigned requests for nothing else", async (t) => {
  for (const [id, { Properties }] of resourcesOf(data, "AWS::S3::BucketPolicy")) {
    const denied = Properties.PolicyDocument.Statement.filter((one: Loose) => one.Effect === "Deny");
    const reasons = denied.flatMap(({ Condition }: Loose) =>
      Object.values(Condition).flatMap(Object.keys as never),
    );
    t.same(reasons.sort(), ["aws:SecureTransport", "s3:TlsVersion"], id);
  }
});

t.test("every bucket and queue refuses what does not come by TLS", async (t) => {
  const policies = [
    ...resourcesOf(data, "AWS::S3::BucketPolicy"),
    ...resourcesOf(data, "AWS::SQS::QueuePolicy"),
    ...resourcesOf(data, "AWS::SNS::TopicPolicy"),
  ];
  t.equal(policies.length, 5 + 7 + 3);
  for (const [id, { Properties }] of policies) {
    t.match(
      Properties.PolicyDocument.Statement.find(
        (one: Loose) => one.Condition?.Bool?.["aws:SecureTransport"] === "false",
      ),
      { Effect: "Deny" },
      id,
    );
  }
});

for (const [name, declared] of Object.entries<QueueDeclaration>(topology.queues)) {
  t.test(`queue ${name}`, async (t) => {
    if (declared.localOnly) {
      t.throws(
        () => named(data, "AWS::SQS::Queue", "QueueName", `stockwire-prod-${name}`),
        "is not deployed",
      );
      return;
    }
    const { Properties, DeletionPolicy } = named(
      data,
      "AWS::SQS::Queue",
      "QueueName",
      `stockwire-prod-${name}`,
    );
    t.equal(DeletionPolicy, "RetainExceptOnCreate");
    t.equal(Properties.VisibilityTimeout, declared.visibilityTimeoutSeconds);
    t.equal(Properties.MessageRetentionPeriod, declared.retentionSeconds);
    t.equal(Properties.SqsManagedSseEnabled, true);
    if (declared.redrive) {
      const { deadLetterTargetArn, maxReceiveCount } = Properties.RedrivePolicy;
      t.equal(written(deadLetterTargetArn), queueArn(declared.redrive.deadLetterQueue));
      t.equal(maxReceiveCount, declared.redrive.maxReceiveCount);
      t.equal(Properties.RedriveAllowPolicy.redrivePermission, "denyAll");
    } else {
      const source = name.replace(/-dlq$/, "");
      t.equal(Properties.RedrivePolicy, undefined);
      t.equal(Properties.RedriveAllowPolicy.redrivePermission, "byQueue");
      t.same(Properties.RedriveAllowPolicy.sourceQueueArns.map(written), [queueArn(source)]);
    }
  });
}

t.test("topics are encrypted and lead to their queues", async (t) => {
  const topics = resourcesOf(data, "AWS::SNS::Topic");
  t.same(
    topics.map(([, { Properties }]) => Properties.TopicName).sort(),
    topology.topics.map((name) => `stockwire-prod-${name}`).sort(),
  );
  t.ok(topics.every(([, { Properties }]) => Properties.KmsMasterKeyId !== undefined));
  const toQueues = resourcesOf(data, "AWS::SNS::Subscription").filter(
    ([, { Properties }]) => Properties.Protocol === "sqs",
  );
  const wanted = topology.subscriptions.filter(({ localOnly }) => !localOnly);
  t.equal(toQueues.length, wanted.length);
  t.ok(toQueues.every(([, { Properties }]) => Properties.RawMessageDelivery === true));
});

t.test("whoever is to be told is asked for at deploy", async (t) => {
  const { AlertEmail, AlertSms } = data.toJSON().Parameters;
  t.equal(AlertEmail.Default, undefined);
  t.equal(AlertSms.Default, undefined);
  data.hasResource("AWS::SNS::Subscription", {
    Condition: "HasAlertEmail",
    Properties: { Protocol: "email" },
  });
  data.hasResource("AWS::SNS::Subscription", { Condition: "HasAlertSms", Properties: { Protocol: "sms" } });
});

for (const [name, declared] of Object.entries<TableDeclaration>(topology.tables)) {
  t.test(`table ${name}`, async (t) => {
    const table = named(data, "AWS::DynamoDB::GlobalTable", "TableName", `stockwire-prod-${name}`);
    const { Properties } = table;
    const keys = (from: { partitionKey: string; sortKey?: string }) => [
      { AttributeName: from.partitionKey, KeyType: "HASH" },
      ...(from.sortKey ? [{ AttributeName: from.sortKey, KeyType: "RANGE" }] : []),
    ];
    t.equal(table.DeletionPolicy, "Retain");
    t.equal(Properties.BillingMode, "PAY_PER_REQUEST");
    t.same(Properties.KeySchema, keys(declared));
    t.equal(Properties.StreamSpecification?.StreamViewType, declared.stream);
    t.equal(Properties.TimeToLiveSpecification?.AttributeName, declared.timeToLive);
    const indexes = Object.entries<IndexDeclaration>(declared.indexes ?? {});
    t.same(
      Properties.GlobalSecondaryIndexes ?? [],
      indexes.map(([IndexName, index]) => ({
        IndexName,
        KeySchema: keys(index),
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: [...index.projects] },
      })),
    );
    t.match(Properties.Replicas, [
      {
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
      },
    ]);
    t.equal(Properties.Replicas.length, 1, "no replica unless asked for");
  });
}

for (const [name, declared] of Object.entries<PipeDeclaration>(topology.pipes)) {
  t.test(`pipe ${name}`, async (t) => {
    const { Properties } = named(data, "AWS::Pipes::Pipe", "Name", `stockwire-prod-${name}`);
    const source = Properties.SourceParameters;
    t.same(
      source.FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern)),
      declared.filters,
    );
    t.match(source.DynamoDBStreamParameters, {
      StartingPosition: "TRIM_HORIZON",
      BatchSize: 10,
      MaximumRetryAttempts: prod.pipe.maximumRetryAttempts,
      MaximumRecordAgeInSeconds: 86_400,
      OnPartialBatchItemFailure: "AUTOMATIC_BISECT",
    });
    const idOf = (queue: string) =>
      resourcesOf(data, "AWS::SQS::Queue").find(
        ([, found]) => found.Properties.QueueName === `stockwire-prod-${queue}`,
      )?.[0];
    t.equal(written(Properties.Target), `<${idOf(declared.targetQueue)}.Arn>`);
    t.equal(written(source.DynamoDBStreamParameters.DeadLetterConfig.Arn), `<${idOf("alert-pipe-dlq")}.Arn>`);
  });
}

t.test("how long things are kept is a parameter", async (t) => {
  const daysOf = (parameters: EnvironmentParameters) => {
    const { templates } = buildEnvironment(parameters);
    const rules = (name: string) =>
      named(
        templates.data,
        "AWS::S3::Bucket",
        "BucketName",
        `stockwire-${parameters.name}-${name}-<AWS::AccountId>-<AWS::Region>`,
      ).Properties.LifecycleConfiguration.Rules;
    const old = (name: string) =>
      rules(name).find(({ Id }: Loose) => Id === "expire-old-versions").NoncurrentVersionExpiration
        .NoncurrentDays;
    const told = (variable: string) =>
      resourcesOf(templates.services, "AWS::ECS::TaskDefinition").flatMap(([, { Properties }]) =>
        Properties.ContainerDefinitions[0].Environment.filter(({ Name }: Loose) => Name === variable).map(
          ({ Value }: Loose) => Number(Value),
        ),
      );
    return {
      receipts: told("RECEIPT_DAYS"),
      alerts: told("ALERT_DAYS"),
      rejectedRows: rules("results").find(({ Id }: Loose) => Id === "expire").ExpirationInDays,
      old: ["inventory", "invoice-csv-dest", "invoice-txt-src"].map(old),
    };
  };
  t.same(daysOf(prod), { receipts: [400, 400, 400], alerts: [400], rejectedRows: 400, old: [90, 90, 1] });
  t.same(daysOf(dev), { receipts: [90, 90, 90], alerts: [90], rejectedRows: 90, old: [35, 35, 1] });
  for (const name of ["receiptDays", "alertDays", "oldVersionDays"]) {
    t.throws(
      () => buildEnvironment({ ...dev, retention: { ...dev.retention, [name]: 34 } }),
      new RegExp(name),
    );
  }
});

t.test("passive copies of tables are a parameter", async (t) => {
  const copied: EnvironmentParameters = {
    ...dev,
    region: "eu-central-1",
    tables: { ...dev.tables, replicaRegions: ["eu-west-1"] },
  };
  const tables = resourcesOf(buildEnvironment(copied).templates.data, "AWS::DynamoDB::GlobalTable");
  for (const [, { Properties }] of tables) {
    t.same(
      Properties.Replicas.map(({ Region }: { Region: string }) => Region),
      ["eu-west-1", "eu-central-1"],
    );
  }
});

t.test("a change of the topology changes the templates", async (t) => {
  const changed: Topology = {
    ...topology,
    queues: { ...topology.queues, ingest: { ...topology.queues.ingest, visibilityTimeoutSeconds: 77 } },
    tables: { ...topology.tables, Stores: { ...topology.tables.Stores, timeToLive: "GoneAt" } },
    buckets: {
      ...topology.buckets,
      results: { ...topology.buckets.results, abortIncompleteUploadsAfterDays: 3 },
    },
    reportTables: {
      ...topology.reportTables,
      invoices: { ...topology.reportTables.invoices, columns: ["only_one"] },
    },
  };
  const { templates } = buildEnvironment(prod, changed);
  templates.data.hasResourceProperties("AWS::SQS::Queue", {
    QueueName: "stockwire-prod-ingest",
    VisibilityTimeout: 77,
  });
  templates.data.hasResourceProperties("AWS::DynamoDB::GlobalTable", {
    TableName: "stockwire-prod-Stores",
    TimeToLiveSpecification: { AttributeName: "GoneAt" },
  });
  t.not(JSON.stringify(templates.data.toJSON()), JSON.stringify(data.toJSON()));
  t.not(JSON.stringify(templates.reports.toJSON()), JSON.stringify(built.templates.reports.toJSON()));
});
