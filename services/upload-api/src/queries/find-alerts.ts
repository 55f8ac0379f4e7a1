import type { AlertItem } from "@stockwire/contracts/items";
import { type Static, Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { fillPage, type Page } from "./fill-page.ts";
import { type ItemKey, partitionKeyText, queryIndex, sortKeyText } from "./query-index.ts";
import { dayPosition, readDay } from "./walk-days.ts";

const Key = Type.Object(
  { StoreItem: partitionKeyText, Version: sortKeyText, At: sortKeyText },
  { additionalProperties: false },
);

/** Positions of the two lists: by day, and within one store. */
export const AlertsByDay = dayPosition(Key);
export const AlertsByStore = Key;

const keyNames = ["StoreItem", "Version", "At"] as const;
const common = { filter: {}, newestFirst: true, keyNames };

/** What the indexes hold of a transition; the index by store leaves out the store. */
export type ListedAlert = Omit<AlertItem, "Store" | "Day" | "UploadId" | "ExpiresAt" | "ClaimedUntil"> & {
  readonly Store?: string;
};

/** Transitions of all stores, newest first, day by day. */
export const findAlertsByDay = async (
  context: ApiContext,
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
        const query = { ...common, tableName, indexName: "byDay", partition: { name: "Day", value: day } };
        return queryIndex(context.dynamo, query, key, wanted);
      }),
  });
};

/** Transitions in one store, newest first. */
export const findAlertsByStore = (
  context: ApiContext,
  store: string,
  limit: number,
  start: Static<typeof AlertsByStore> | undefined,
): Promise<Page<ListedAlert, unknown>> => {
  const tableName = context.resources.tables.Alerts;
  const query = { ...common, tableName, indexName: "byStore", partition: { name: "Store", value: store } };
  return fillPage<ListedAlert, ItemKey>({
    limit,
    start,
    read: (from, wanted) => queryIndex(context.dynamo, query, from, wanted),
  });
};
