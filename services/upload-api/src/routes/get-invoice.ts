import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import {
  Check,
  FIELD_NAMES,
  FieldReading,
  Finding,
  type InvoiceReading,
  ItemReading,
  Layout,
} from "@stockwire/contracts/invoice";
import type { InvoiceItem } from "@stockwire/contracts/items";
import { createLimiter } from "@stockwire/service-kit/limiter";
import { Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { invoiceNotFound } from "../errors/api-error.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { findInvoice } from "../queries/find-invoices.ts";
import { InvoiceSummary, toInvoiceSummary } from "./invoice-summary.ts";

/** Bytes of an id: the worker reads no longer ones, and DynamoDB would refuse to look for them. */
const MAX_ID_BYTES = 128;
/** Answers with a reading that outgrew its record can have tens of MB. */
const LARGE_AT_ONCE = 1;

const Invoice = Type.Object({
  ...InvoiceSummary.properties,
  inWords: Type.Union([Type.String(), Type.Null()], { description: "the total in words" }),
  layout: Type.Union([Layout, Type.Null()]),
  reasons: Type.Array(Type.String(), {
    description: "why it is quarantined: codes of problems and names of failed checks",
  }),
  fields: Type.Object(Object.fromEntries(FIELD_NAMES.map((name) => [name, FieldReading]))),
  currency: Type.Union([Type.String(), Type.Null()], {
    description:
      "a code like `INR`; null where the file names no currency, or only one that several share (`$`)",
  }),
  items: Type.Array(ItemReading),
  checks: Type.Array(Check),
  problems: Type.Array(Finding),
  notes: Type.Array(Finding),
  omitted: Type.Integer({ description: "problems and notes beyond those listed" }),
  original: Type.String({ description: "the file's text as it was sent" }),
});

/** One invoice with all that was read, and the text that it was read from. */
export const getInvoice =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    const largeInTurn = createLimiter(LARGE_AT_ONCE);
    app.get(
      "/v1/invoices/:customerId/:invoiceId",
      {
        config: { access: "read", allStores: true },
        schema: {
          operationId: "getInvoice",
          tags: ["invoices"],
          summary: "One invoice: fields, items, checks, and the original text",
          params: Type.Object({ customerId: Type.String(), invoiceId: Type.String() }),
          response: { 200: Invoice, ...problemResponses("invoice_not_found") },
        },
      },
      async (request, reply) => {
        const { customerId, invoiceId } = request.params;
        const canExist = [customerId, invoiceId].every((id) => id && Buffer.byteLength(id) <= MAX_ID_BYTES);
        const item = canExist ? await findInvoice(context, customerId, invoiceId) : undefined;
        // The table's own book-keeping has no status.
        if (item?.Status === undefined) throw invoiceNotFound(customerId, invoiceId);
        reply.header("cache-control", "no-store");
        const isLarge = item.Reading === undefined || item.Original === undefined;
        const read = () => Promise.all([readingOf(context, item), originalOf(context, item)]);
        const [reading, original] = await (isLarge ? largeInTurn(read) : read());
        const { layout, reasons, fields, currency, items, checks, problems, notes, omitted } = reading;
        return {
          ...toInvoiceSummary(item),
          inWords: item.InWords ?? null,
          layout,
          reasons: [...reasons],
          fields,
          // Readings from before it was kept have none.
          currency: currency ?? null,
          items: [...items],
          checks: [...checks],
          problems: [...problems],
          notes: [...notes],
          omitted,
          original,
        };
      },
    );
  };

const readingOf = async (
  context: ApiContext,
  { Reading, ReadingKey }: InvoiceItem,
): Promise<InvoiceReading> => Reading ?? (JSON.parse(await textOf(context, ReadingKey)) as InvoiceReading);

const originalOf = async (context: ApiContext, { Original, OriginalKey }: InvoiceItem): Promise<string> =>
  Original ?? textOf(context, OriginalKey);

/** What outgrew the record lies beside the CSV: a text of up to 16 MiB, or its reading, some two times as large. */
const textOf = async (context: ApiContext, key: string | undefined): Promise<string> => {
  const Bucket = context.resources.buckets["invoice-csv-dest"];
  const { Body } = await context.s3.send(new GetObjectCommand({ Bucket, Key: key }));
  return (await Body?.transformToString()) ?? "";
};
