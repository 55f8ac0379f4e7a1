import type { UploadItem } from "@stockwire/contracts/items";
import { type Static, Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { type Batch, fillPage, type Page } from "./fill-page.ts";
import { getReceipts } from "./get-receipts.ts";
import { type ItemKey, partitionKeyText, queryIndex, sortKeyText } from "./query-index.ts";
import { dayPosition, readDay } from "./walk-days.ts";

export interface UploadFilter {
  readonly store?: string | undefined;
  readonly kind?: string | undefined;
  readonly status?: string | undefined;
}

const Key = Type.Object(
  { UploadId: partitionKeyText, Version: sortKeyText },
  { additionalProperties: false },
);

/** Positions of the two lists: by day, and within one store. */
export const UploadsByDay = dayPosition(Key);
export const UploadsByStore = Key;
type ByDay = Static<typeof UploadsByDay>;
type ByStore = Static<typeof UploadsByStore>;

const keyNames = ["UploadId", "Version"] as const;

/** Receipts of all stores, newest first, day by day. */
export const findUploadsByDay = async (
  context: ApiContext,
  filter: UploadFilter,
  limit: number,
  start: ByDay | undefined,
): Promise<Page<UploadItem, unknown>> => {
  const days = await context.uploadDays.list();
  return fillPage<UploadItem, { readonly day: string; readonly key?: ItemKey | undefined }>({
    limit,
    start,
    read: (from, wanted) =>
      readDay(days, from, (day, key) =>
        readIndex(context, "byDay", { name: "Day", value: day }, filter, key, wanted),
      ),
  });
};

/** Receipts about one store, newest first. */
export const findUploadsByStore = (
  context: ApiContext,
  store: string,
  filter: UploadFilter,
  limit: number,
  start: ByStore | undefined,
): Promise<Page<UploadItem, unknown>> =>
  fillPage<UploadItem, ItemKey>({
    limit,
    start,
    read: (from, wanted) =>
      readIndex(context, "byStore", { name: "Store", value: store }, filter, from, wanted),
  });

/**
 * The indexes hold little of a receipt and lag behind it, so the receipts themselves are fetched and held against the
 * filter once more.
 */
const readIndex = async (
  context: ApiContext,
  indexName: "byDay" | "byStore",
  partition: { name: string; value: string },
  { kind, status }: UploadFilter,
  after: ItemKey | undefined,
  wanted: number,
): Promise<Batch<UploadItem, ItemKey>> => {
  const tableName = context.resources.tables.Uploads;
  const query = {
    tableName,
    indexName,
    partition,
    filter: { Kind: kind, Status: status },
    newestFirst: true,
    keyNames,
  };
  const batch = await queryIndex<{ UploadId: string }>(context.dynamo, query, after, wanted);
  const receipts = await getReceipts(
    context,
    batch.found.map(({ row }) => row.UploadId),
  );
  const found = batch.found.flatMap(({ row, after: behind }) => {
    const receipt = receipts.get(row.UploadId);
    const matches = receipt && (!kind || receipt.Kind === kind) && (!status || receipt.Status === status);
    return matches ? [{ row: receipt, after: behind }] : [];
  });
  return { found, next: batch.next };
};
