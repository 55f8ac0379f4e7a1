import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { LoadItem, UploadItem } from "@stockwire/contracts/items";
import { compositeKey, KEY_SEPARATOR } from "@stockwire/contracts/keys";
import type { Environment } from "@stockwire/local-aws/clients";
import { readTogether } from "@stockwire/service-kit/read-together";
import { until } from "../../e2e/stack.ts";
import { requireRows } from "./load-files.ts";

const PATIENCE_SECONDS = 60;

/** A file that was sent, of a store of its own. */
export interface SentFile {
  readonly uploadId: string;
  readonly store: string;
}

/**
 * Resolves when all that the rules ask for has been done for each file: receipt ended with all its rows, load closed and out
 * of the open ones, alerts recorded as told. So no way is fast because it leaves something out.
 * @throws Error where it has not within a minute
 */
export const requireSettled = async (
  dynamo: DynamoDBDocumentClient,
  { TABLE_UPLOADS = "", TABLE_LOADS = "", TABLE_ALERTS = "" }: Environment,
  sent: readonly SentFile[],
  items: readonly string[],
): Promise<void> => {
  const read = async (tableName: string, keys: readonly Record<string, unknown>[]) => {
    const [found] = await readTogether(dynamo, { tableName, keys, toResult: (all) => all });
    return found;
  };
  const receipts = await until(
    async () => {
      const found = (await read(
        TABLE_UPLOADS,
        sent.map(({ uploadId }) => ({ UploadId: uploadId })),
      )) as unknown as UploadItem[];
      const ended = found.filter(({ FinishedAt }) => FinishedAt !== undefined);
      return ended.length === sent.length ? ended : undefined;
    },
    "every receipt to end",
    PATIENCE_SECONDS,
  );
  for (const receipt of receipts) requireRows(receipt, { read: items.length, written: items.length });
  const versions = new Map(receipts.map(({ UploadId, Version }) => [UploadId, Version]));
  const loads = sent.map(({ uploadId, store }) => ({ store, version: versions.get(uploadId) }));
  await until(
    async () => {
      const [entries, open, alerts] = [
        await read(
          TABLE_LOADS,
          loads.map(({ store, version }) => ({ Store: store, Version: version })),
        ),
        await read(
          TABLE_LOADS,
          loads.map(({ store }) => ({ Store: store, Version: `${KEY_SEPARATOR}open` })),
        ),
        await read(
          TABLE_ALERTS,
          loads.flatMap(({ store, version }) =>
            items.map((item) => ({ StoreItem: compositeKey(store, item), Version: version })),
          ),
        ),
      ];
      const closed = (entries as unknown as LoadItem[]).filter(({ State }) => State === "finished");
      const told = alerts.filter(
        ({ PublishedAt, ClaimedUntil }) => PublishedAt && ClaimedUntil === undefined,
      );
      const isDone =
        closed.length === sent.length &&
        open.every(({ Versions }) => Versions === undefined) &&
        told.length === sent.length * items.length;
      return isDone || undefined;
    },
    "every load to be closed and every alert recorded",
    PATIENCE_SECONDS,
  );
};
