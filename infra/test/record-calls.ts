// Preloaded into a service: notes each call to AWS, and on what, in the file that RECORDED_CALLS names.
import { appendFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import {
  createDynamoClient,
  createS3Client,
  createSnsClient,
  createSqsClient,
} from "@stockwire/service-kit/aws-clients";
import type { Loose } from "./helpers.ts";

const service = basename(dirname(dirname(process.argv[1] ?? "")));

const lastOf = (text: string, separator: string) => text.split(separator).at(-1);

const resourcesOf = (input: Loose): string[] => {
  if (input.Bucket) return [`bucket ${input.Bucket}`];
  if (input.QueueUrl) return [`queue ${lastOf(input.QueueUrl, "/")}`];
  if (input.TopicArn) return [`topic ${lastOf(input.TopicArn, ":")}`];
  if (input.SubscriptionArn) return ["subscriptions"];
  if (input.TableName) return [`table ${input.TableName}${input.IndexName ? ` ${input.IndexName}` : ""}`];
  if (input.RequestItems) return Object.keys(input.RequestItems).map((name) => `table ${name}`);
  const parts: Loose[] = input.TransactItems?.flatMap((item: object) => Object.values(item)) ?? [];
  const statements: string[] = input.Statements?.map(({ Statement }: Loose) => Statement) ?? [];
  const tables = [
    ...parts.map(({ TableName }) => TableName),
    ...statements.map((text) => /"([^"]+)"/.exec(text)?.[1]),
  ];
  return [...new Set(tables.map((name) => `table ${name}`))];
};

/** The classes whose method `send` all clients of the SDK share. */
const owners = new Set<Loose>();
for (const client of [createS3Client(), createSqsClient(), createSnsClient(), createDynamoClient()]) {
  let owner: Loose = client;
  while (!Object.hasOwn(owner, "send")) owner = Object.getPrototypeOf(owner);
  owners.add(owner);
}
for (const owner of owners) {
  const { send } = owner;
  owner.send = function (command: Loose, ...rest: unknown[]) {
    const { input } = command;
    const call = command.constructor.name;
    for (const resource of resourcesOf(input)) {
      const noted = {
        service,
        call,
        resource,
        version: input.VersionId !== undefined,
        from: input.CopySource,
      };
      appendFileSync(process.env.RECORDED_CALLS as string, `${JSON.stringify(noted)}\n`);
    }
    return send.call(this, command, ...rest);
  };
}
