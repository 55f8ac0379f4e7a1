import type { AlertItem } from "@stockwire/contracts/items";
import { compositeKey, KEY_SEPARATOR } from "@stockwire/contracts/keys";
import type { AlertKind } from "@stockwire/contracts/level";
import { type Static, Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { type Batch, fillPage, type Page } from "./fill-page.ts";
import { mergeReads } from "./merge-reads.ts";
import { type ItemKey, partitionKeyText, queryIndex, sortKeyText } from "./query-index.ts";
import { dayPosition, readDay } from "./walk-days.ts";

const Key = Type.Object(
  { StoreItem: partitionKeyText, Version: sortKeyText, At: sortKeyText },
  { additionalProperties: false },
);

/** Positions of the two lists: by day, and within one store. */
export const AlertsByDay = dayPosition(Key);
export const AlertsByStore = Key;

const ItemKeyText = Type.Object(
  { StoreItem: partitionKeyText, Version: sortKeyText },
  { additionalProperties: false },
);
/** Position among the transitions of one item. */
export const AlertsOfItem = ItemKeyText;

const keyNames = ["StoreItem", "Version", "At"] as const;
const common = { newestFirst: true, keyNames };

/** What the indexes hold of a transition. */
export type ListedAlert = Omit<AlertItem, "Day" | "UploadId" | "ExpiresAt" | "ClaimedUntil">;

/** Transitions of all stores, newest first, day by day. */
export const findAlertsByDay = async (
  context: ApiContext,
  kind: AlertKind | undefined,
  limit: number,
  start: Static<typeof AlertsByDay> | undefined,
): Promise<Page<ListedAlert, unknown>> => {
  const tableName = context.resources.tables.Alerts;
  const days = await context.alertDays.list();
  return fillPage<ListedAlert, { readonly day: string; readonly key?: ItemKey | undefined }>({
    limit,
    start,
    read: (from, wanted) =>
      readDay(days, from, (day, key) => {
        const partition = { name: "Day", value: day };
        const query = { ...common, filter: { Kind: kind }, tableName, indexName: "byDay", partition };
        return queryIndex(context.dynamo, query, key, wanted);
      }),
  });
};

/** Transitions in some stores, newest first; those of one moment by store. */
export const findAlertsByStore = (
  context: ApiContext,
  stores: readonly string[],
  kind: AlertKind | undefined,
  limit: number,
  start: Static<typeof AlertsByStore> | undefined,
): Promise<Page<ListedAlert, unknown>> =>
  fillPage<ListedAlert, ItemKey>({
    limit,
    start,
    read: async (from, wanted) => {
      const reads = stores.map((store) => readStore(context, store, kind, from, wanted));
      return mergeReads(await Promise.all(reads), newestFirst);
    },
  });

/** Transitions of one item, newest file first: the table's own partition, so nothing else is read. */
export const findAlertsOfItem = (
  context: ApiContext,
  { store, item }: { readonly store: string; readonly item: string },
  kind: AlertKind | undefined,
  limit: number,
  start: Static<typeof AlertsOfItem> | undefined,
): Promise<Page<ListedAlert, unknown>> =>
  fillPage<ListedAlert, ItemKey>({
    limit,
    start,
    read: (from, wanted) => {
      const query = {
        tableName: context.resources.tables.Alerts,
        partition: { name: "StoreItem", value: compositeKey(store, item) },
        filter: { Kind: kind },
        newestFirst: true,
        keyNames: ["StoreItem", "Version"],
      };
      return queryIndex(context.dynamo, query, from, wanted);
    },
  });

/** From a place in its own list, or from the moment of a place in another store's. */
const readStore = async (
  context: ApiContext,
  store: string,
  kind: AlertKind | undefined,
  from: ItemKey | undefined,
  wanted: number,
): Promise<Batch<ListedAlert, ItemKey>> => {
  const placeIn = from && storeOf(from);
  const upTo =
    from?.At === undefined || placeIn === undefined || placeIn === store
      ? undefined
      : { name: "At", value: from.At, included: placeIn < store };
  const query = {
    ...common,
    filter: { Kind: kind },
    tableName: context.resources.tables.Alerts,
    indexName: "byStore",
    partition: { name: "Store", value: store },
    upTo,
  };
  const { found, next } = await queryIndex<Omit<ListedAlert, "Store">>(
    context.dynamo,
    query,
    upTo === undefined ? from : undefined,
    wanted,
  );
  // The index leaves the store out.
  return { found: found.map(({ row, after }) => ({ row: { ...row, Store: store }, after })), next };
};

const storeOf = ({ StoreItem = "" }: ItemKey): string => StoreItem.split(KEY_SEPARATOR, 1)[0] ?? "";

const newestFirst = (a: ItemKey, b: ItemKey): number => {
  if (a.At !== b.At) return (a.At ?? "") < (b.At ?? "") ? 1 : -1;
  const [storeA, storeB] = [storeOf(a), storeOf(b)];
  return storeA === storeB ? 0 : storeA < storeB ? -1 : 1;
};
