import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import type { S3Event } from "@stockwire/contracts/s3-event";
import t from "tap";
import { startTestCloud, type TestCloud, takeMessage, temporaryDirectory } from "./helpers.ts";

const Bucket = "inventory";
const waiting = async ({ clients, environment }: TestCloud): Promise<string | undefined> => {
  const { Attributes } = await clients.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: environment.QUEUE_INGEST,
      AttributeNames: ["ApproximateNumberOfMessages"],
    }),
  );
  return Attributes?.ApproximateNumberOfMessages;
};

t.test("what a kill kept from being announced is announced on the next start, and only that", async (t) => {
  const dataDir = temporaryDirectory(t);
  const first = await startTestCloud(t, { dataDir });
  for (const Key of ["announced.csv", "missed.csv"]) {
    await first.clients.s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  }
  const events = [];
  for (let index = 0; index < 2; index += 1) {
    events.push(await takeMessage<S3Event>(first.clients.sqs, first.environment.QUEUE_INGEST));
  }
  const original = events.find((event) => event.Records[0]?.s3.object.key === "missed.csv")?.Records[0];
  await first.stop();

  // As a kill between upload and publish leaves it: the object is there, the ledger does not know it.
  const ledger = new DatabaseSync(join(dataDir, "bridges.db"));
  t.equal(ledger.prepare("DELETE FROM announced WHERE key = 'missed.csv'").run().changes, 1);
  ledger.close();

  const second = await startTestCloud(t, { dataDir });
  const event = await takeMessage<S3Event>(second.clients.sqs, second.environment.QUEUE_INGEST);
  t.match(event.Records[0], {
    eventTime: original?.eventTime,
    s3: { bucket: { name: Bucket }, object: { key: "missed.csv", size: 10, eTag: original?.s3.object.eTag } },
  });
  t.equal(await waiting(second), "0");
  t.match(second.logged, [/Announced 1 stored file/]);
  await second.stop();

  // A description torn by a kill, which fauxqs would refuse to start on.
  writeFileSync(join(dataDir, "s3/buckets/inventory/objects/missed.csv.meta.json"), '{"key":"mis');
  const third = await startTestCloud(t, { dataDir });
  t.match(third.logged, [/missed\.csv\.meta\.json was cut off by a kill/]);
  t.equal(await waiting(third), "0", "nothing is announced again");
  await t.rejects(startTestCloud(t, { dataDir }), /in use by another running Stockwire/);
});
