import type { UploadItem } from "@stockwire/contracts/items";
import { type Static, Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { type Batch, fillPage, type Page } from "./fill-page.ts";
import { getReceipts } from "./get-receipts.ts";
import { mergeReads } from "./merge-reads.ts";
import { type ItemKey, partitionKeyText, queryIndex, sortKeyText } from "./query-index.ts";
import { dayPosition, readDay } from "./walk-days.ts";

export interface UploadFilter {
  readonly kind?: string | undefined;
  readonly status?: string | undefined;
  /** Drops what the caller may not see. */
  readonly isVisible?: (upload: UploadItem) => boolean;
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

/** Receipts about some stores, each about one of them, newest first. */
export const findUploadsByStore = (
  context: ApiContext,
  stores: readonly string[],
  filter: UploadFilter,
  limit: number,
  start: ByStore | undefined,
): Promise<Page<UploadItem, unknown>> =>
  fillPage<UploadItem, ItemKey>({
    limit,
    start,
    read: async (from, wanted) => {
      const reads = stores.map((store) =>
        // A version is one upload's alone, so a place in one store's list is a place in every other's.
        readIndex(context, "byStore", { name: "Store", value: store }, filter, from, wanted),
      );
      return mergeReads(await Promise.all(reads), newestFirst);
    },
  });

const newestFirst = (a: ItemKey, b: ItemKey): number => ((a.Version ?? "") < (b.Version ?? "") ? 1 : -1);

/**
 * The indexes hold little of a receipt and lag behind it, so the receipts themselves are fetched and held against the
 * filter once more.
 */
const readIndex = async (
  context: ApiContext,
  indexName: "byDay" | "byStore",
  partition: { name: string; value: string },
  { kind, status, isVisible = () => true }: UploadFilter,
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
    return matches && isVisible(receipt) ? [{ row: receipt, after: behind }] : [];
  });
  return { found, next: batch.next };
};
