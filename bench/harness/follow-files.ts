import { setTimeout as pause } from "node:timers/promises";
import { BatchGetCommand, DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { isFinal } from "@stockwire/contracts/receipt";
import { createClients } from "@stockwire/local-aws/clients";
import type { BenchCloud } from "./system.ts";

const KEYS_A_READ = 100;
/** Seldom: whoever asks uses the same database as what is measured. */
const LOOK_EVERY_MS = 500;

/** Looks after many small files, by the tables themselves, and says when the last of them was done. */
export interface Follower {
  /** @returns when the last receipt was finished, in epoch milliseconds. @throws Error unless each is loaded, all rows written */
  readonly loaded: (ids: readonly string[], rows: number) => Promise<number>;
  /** @returns when the last alert was published. @throws Error unless staff are told of each store, so often */
  readonly told: (stores: readonly string[], alerts: number) => Promise<number>;
  readonly close: () => void;
}

/** @param patienceSeconds for the receipts, and again for the alerts */
export const createFollower = ({ environment }: BenchCloud, patienceSeconds: number): Follower => {
  const clients = createClients(environment);
  const dynamo = DynamoDBDocumentClient.from(clients.dynamodb);
  const { TABLE_UPLOADS: Uploads = "", TABLE_ALERTS: Alerts = "" } = environment;

  /** Takes them from the front, so many at once, until the first that is not done; asks for that one again later. */
  const follow = async (
    names: readonly string[],
    width: number,
    endOf: (some: readonly string[]) => Promise<number | undefined>,
  ): Promise<number> => {
    const deadline = Date.now() + patienceSeconds * 1000;
    let last = 0;
    for (let done = 0; done < names.length; ) {
      const end = await endOf(names.slice(done, done + width));
      if (end !== undefined) {
        last = Math.max(last, end);
        done += width;
        continue;
      }
      if (Date.now() > deadline) throw new Error(`${names.length - done} files were not done in time`);
      await pause(LOOK_EVERY_MS);
    }
    return last;
  };

  return {
    loaded: (ids, rows) =>
      follow(ids, KEYS_A_READ, async (some) => {
        const Keys = some.map((UploadId) => ({ UploadId }));
        const { Responses } = await dynamo.send(
          new BatchGetCommand({ RequestItems: { [Uploads]: { Keys, ConsistentRead: true } } }),
        );
        const receipts = (Responses?.[Uploads] ?? []) as UploadItem[];
        const ended = receipts.filter(({ Status }) => isFinal(Status));
        for (const { UploadId, Status, Rows } of ended) {
          if (Status !== "loaded" || Rows?.written !== rows)
            throw new Error(`${UploadId} ended as ${Status}`);
        }
        if (ended.length < some.length) return undefined;
        return Math.max(...ended.map(({ FinishedAt = "" }) => Date.parse(FinishedAt)));
      }),
    told: (stores, alerts) =>
      follow(stores, 1, async ([store]) => {
        const { Items = [] } = await dynamo.send(
          new QueryCommand({
            TableName: Alerts,
            IndexName: "byStore",
            KeyConditionExpression: "#store = :store",
            ExpressionAttributeNames: { "#store": "Store" },
            ExpressionAttributeValues: { ":store": store },
          }),
        );
        if (Items.length !== alerts || !Items.every(({ PublishedAt }) => PublishedAt)) return undefined;
        return Math.max(...Items.map(({ PublishedAt }) => Date.parse(PublishedAt)));
      }),
    close: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
};
