import { BatchGetCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import type { ApiContext } from "../context.ts";

/** DynamoDB's limit for one BatchGetItem. */
const BATCH = 100;
/** An answer is cut at 16 MB and under throttling; each further call brings more of it or fails. */
const MAX_CALLS = 50;

/** The receipts with these ids, strongly consistent; those that are gone are left out. */
export const getReceipts = async (
  context: ApiContext,
  uploadIds: readonly string[],
): Promise<Map<string, UploadItem>> => {
  const tableName = context.resources.tables.Uploads;
  const receipts = new Map<string, UploadItem>();
  let waiting = uploadIds.map((UploadId) => ({ UploadId }));
  for (let calls = 0; waiting.length > 0; calls += 1) {
    if (calls === MAX_CALLS) throw throttled();
    const Keys = waiting.slice(0, BATCH);
    const { Responses, UnprocessedKeys } = await context.dynamo.send(
      new BatchGetCommand({ RequestItems: { [tableName]: { Keys, ConsistentRead: true } } }),
    );
    for (const item of (Responses?.[tableName] ?? []) as UploadItem[]) receipts.set(item.UploadId, item);
    const unprocessed = (UnprocessedKeys?.[tableName]?.Keys ?? []) as { UploadId: string }[];
    waiting = [...unprocessed, ...waiting.slice(BATCH)];
  }
  return receipts;
};

const throttled = (): Error =>
  Object.assign(new Error("DynamoDB keeps handing keys back"), { name: "ThrottlingException" });
