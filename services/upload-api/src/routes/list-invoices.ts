import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { InvoiceStatus } from "@stockwire/contracts/invoice";
import { Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { decodeCursor } from "../cursor.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import {
  findInvoicesByDay,
  findInvoicesOf,
  InvoicesByDay,
  InvoicesInPartition,
} from "../queries/find-invoices.ts";
import { InvoiceSummary, toInvoiceSummary } from "./invoice-summary.ts";
import { cursorParameter, limitParameter, pageOf, toPage } from "./schemas.ts";

const Query = Type.Object(
  {
    customer: Type.Optional(
      Type.String({ minLength: 1, maxLength: 512, description: "only invoices of this customer id" }),
    ),
    status: Type.Optional(InvoiceStatus),
    limit: limitParameter(50, 1_000),
    cursor: cursorParameter,
  },
  { additionalProperties: false },
);

/** Invoices, newest first. */
export const listInvoices =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      "/v1/invoices",
      {
        config: { access: "read", allStores: true },
        schema: {
          operationId: "listInvoices",
          tags: ["invoices"],
          summary: "Invoices, newest first",
          querystring: Query,
          response: {
            200: pageOf(InvoiceSummary, "Invoices; a page can be short and still have a cursor"),
            ...problemResponses("invalid_request", "invalid_cursor"),
          },
        },
      },
      async (request, reply) => {
        const { customer, status, limit, cursor } = request.query;
        reply.header("cache-control", "no-store");
        if (customer === undefined && status !== "quarantined") {
          const start = cursor === undefined ? undefined : decodeCursor(InvoicesByDay, cursor);
          return toPage(await findInvoicesByDay(context, status, limit, start), toInvoiceSummary);
        }
        const start = cursor === undefined ? undefined : decodeCursor(InvoicesInPartition, cursor);
        const page =
          customer === undefined
            ? findInvoicesOf(context, "quarantined", "yes", undefined, limit, start)
            : findInvoicesOf(context, "byCustomer", customer, status, limit, start);
        return toPage(await page, toInvoiceSummary);
      },
    );
  };
