import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { create as contentDisposition } from "content-disposition";
import { Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { stockwireCsv } from "../exports/stockwire-csv.ts";
import { streamText } from "../exports/stream-text.ts";
import { xeroCsv } from "../exports/xero-csv.ts";
import { clientGone, unlessGone } from "../reports/client-gone.ts";
import { dateRangeOf, dateRangeParameters } from "../reports/date-range.ts";
import { fileResponse } from "./schemas.ts";

/** Begins with a letter or a digit (a tax may begin with a parenthesis), so that no spreadsheet runs it as a formula. */
const code = (pattern: string, description: string) =>
  Type.String({ default: "", maxLength: 100, pattern, description: `${description}; only with format=xero` });

const Query = Type.Object(
  {
    ...dateRangeParameters,
    format: Type.Unsafe<"stockwire" | "excel" | "xero">(
      Type.Enum(["stockwire", "excel", "xero"], {
        default: "stockwire",
        description:
          "stockwire: a record an invoice; excel: the same behind a byte order mark, without which Excel takes the " +
          "text for another encoding; xero: the columns of Xero's bill import, a row an item",
      }),
    ),
    account: code("^(?:[A-Za-z0-9][A-Za-z0-9 ./_-]*)?$", "AccountCode of every row"),
    taxType: code("^(?:[\\p{L}\\p{N}(][^\\p{C}\\\\;]*)?$", "TaxType of every row"),
  },
  { additionalProperties: false },
);

/** All accepted invoices of some dates as one CSV file, streamed. */
export const exportInvoices =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      "/v1/invoices/export.csv",
      {
        // The HEAD route that Fastify would add reads everything only to drop it.
        exposeHeadRoute: false,
        config: { access: "read", allStores: true },
        schema: {
          operationId: "exportInvoices",
          tags: ["invoices"],
          summary: "Accepted invoices as one CSV file, by date",
          querystring: Query,
          response: { 200: fileResponse("The invoices"), ...problemResponses("invalid_request") },
        },
      },
      async (request, reply) => {
        const { format, account, taxType } = request.query;
        const range = dateRangeOf(request.query);
        const signal = clientGone(reply);
        const bucket = context.resources.buckets["invoice-csv-dest"];
        const source = { s3: context.s3, bucket, range, signal };
        const parts =
          format === "xero"
            ? xeroCsv(source, { account, taxType })
            : stockwireCsv(source, format === "excel");
        const body = await unlessGone(signal, reply, streamText(parts));
        if (body === undefined) return reply;
        reply.headers({
          "cache-control": "private, no-cache",
          "content-disposition": contentDisposition(`stockwire-invoices-${range.from}-${range.to}.csv`),
        });
        return reply.type("text/csv; charset=utf-8").send(body);
      },
    );
  };
