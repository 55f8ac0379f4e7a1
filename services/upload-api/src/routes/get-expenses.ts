import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { clientGone, unlessGone } from "../reports/client-gone.ts";
import { dateRangeOf, dateRangeParameters } from "../reports/date-range.ts";
import { ExpenseRow } from "../reports/expense-row.ts";

const Expenses = Type.Object(
  {
    engine: Type.Union([Type.Literal("athena"), Type.Literal("duckdb")]),
    rows: Type.Array(ExpenseRow, { description: "dates that have invoices, in order" }),
  },
  { description: "Totals by date" },
);

/** What the accepted invoices add up to, date by date. */
export const getExpenses =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.addHook("onClose", async () => context.expenseReport.close());
    app.get(
      "/v1/reports/expenses",
      {
        // The HEAD route that Fastify would add makes the whole report only to drop it.
        exposeHeadRoute: false,
        config: { access: "read", allStores: true },
        schema: {
          operationId: "getExpenses",
          tags: ["invoices"],
          summary: "Accepted invoices, amount, tax and total by date",
          querystring: Type.Object(dateRangeParameters, { additionalProperties: false }),
          response: {
            200: Expenses,
            ...problemResponses("invalid_request", "report_timed_out", "report_engine_missing"),
          },
        },
      },
      async (request, reply) => {
        const range = dateRangeOf(request.query);
        const signal = clientGone(reply);
        const rows = await unlessGone(signal, reply, context.expenseReport.expenses(range, signal));
        if (rows === undefined) return reply;
        reply.header("cache-control", "no-store");
        return { engine: context.expenseReport.engine, rows };
      },
    );
  };
