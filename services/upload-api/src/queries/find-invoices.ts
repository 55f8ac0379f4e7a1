import { GetCommand } from "@aws-sdk/lib-dynamodb";
import type { InvoiceStatus } from "@stockwire/contracts/invoice";
import type { InvoiceItem } from "@stockwire/contracts/items";
import { type Static, Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { fillPage, type Page } from "./fill-page.ts";
import { type ItemKey, partitionKeyText, queryIndex, sortKeyText } from "./query-index.ts";
import { dayPosition, readDay } from "./walk-days.ts";

const Key = Type.Object(
  { CustomerId: partitionKeyText, InvoiceId: sortKeyText, Version: sortKeyText },
  { additionalProperties: false },
);

/** Positions of the lists: of all invoices by day, and within one partition of an index. */
export const InvoicesByDay = dayPosition(Key);
export const InvoicesInPartition = Key;

const keyNames = ["CustomerId", "InvoiceId", "Version"] as const;

/** What the indexes hold of an invoice. */
export type ListedInvoice = Pick<
  InvoiceItem,
  | "CustomerId"
  | "InvoiceId"
  | "Status"
  | "UploadId"
  | "ReceivedAt"
  | "Date"
  | "From"
  | "To"
  | "Amount"
  | "Tax"
  | "Total"
>;

/** All invoices, newest first, day by day. */
export const findInvoicesByDay = async (
  context: ApiContext,
  status: InvoiceStatus | undefined,
  limit: number,
  start: Static<typeof InvoicesByDay> | undefined,
): Promise<Page<ListedInvoice, unknown>> => {
  const days = await context.invoiceDays.list();
  return fillPage<ListedInvoice, { readonly day: string; readonly key?: ItemKey | undefined }>({
    limit,
    start,
    read: (from, wanted) =>
      readDay(days, from, (day, key) => {
        const query = queryOf(context, "byDay", { name: "Day", value: day }, status);
        return queryIndex<ListedInvoice>(context.dynamo, query, key, wanted);
      }),
  });
};

/** One customer's invoices, or all that are quarantined, newest first. */
export const findInvoicesOf = (
  context: ApiContext,
  index: "byCustomer" | "quarantined",
  partition: string,
  status: InvoiceStatus | undefined,
  limit: number,
  start: Static<typeof InvoicesInPartition> | undefined,
): Promise<Page<ListedInvoice, unknown>> => {
  const name = index === "byCustomer" ? "CustomerId" : "Quarantined";
  const query = queryOf(context, index, { name, value: partition }, status);
  return fillPage<ListedInvoice, ItemKey>({
    limit,
    start,
    read: (from, wanted) => queryIndex(context.dynamo, query, from, wanted),
  });
};

const queryOf = (
  context: ApiContext,
  indexName: string,
  partition: { readonly name: string; readonly value: string },
  status: InvoiceStatus | undefined,
) => ({
  tableName: context.resources.tables.Invoices,
  indexName,
  partition,
  filter: { Status: status },
  newestFirst: true,
  keyNames,
});

/** One invoice, strongly consistent. */
export const findInvoice = async (
  context: ApiContext,
  CustomerId: string,
  InvoiceId: string,
): Promise<InvoiceItem | undefined> => {
  const { Item } = await context.dynamo.send(
    new GetCommand({
      TableName: context.resources.tables.Invoices,
      Key: { CustomerId, InvoiceId },
      ConsistentRead: true,
    }),
  );
  return Item as InvoiceItem | undefined;
};
