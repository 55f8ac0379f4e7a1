import { parse } from "node:path";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { rejectedRowsKey } from "@stockwire/contracts/keys";
import { create as contentDisposition } from "content-disposition";
import type { ApiContext } from "../context.ts";
import { isGone, openObject } from "../downloads/open-object.ts";
import { fileNotFound, noRejectedRows } from "../errors/api-error.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { findReceipt } from "./find-receipt.ts";
import { fileResponse, UploadParameters } from "./schemas.ts";

/** The rows that did not load, with why: to be corrected and sent again. */
export const getRejectedRows =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      "/v1/uploads/:uploadId/rejected.csv",
      {
        // The HEAD route that Fastify would add reads the whole file only to drop it.
        exposeHeadRoute: false,
        config: { access: ["read", "upload"] },
        schema: {
          operationId: "getRejectedRows",
          tags: ["uploads"],
          summary: "The rejected rows as CSV: line, column, code, message, then the cells as sent",
          params: UploadParameters,
          response: {
            200: fileResponse("The rejected rows"),
            ...problemResponses("upload_not_found", "no_rejected_rows", "file_not_found"),
          },
        },
      },
      async (request, reply) => {
        const item = await findReceipt(context, request);
        if (!item.Rows?.rejected) throw noRejectedRows(item.UploadId);
        const place = { bucket: context.resources.buckets.results, key: rejectedRowsKey(item.UploadId) };
        const opened = await openObject(context.s3, place, reply).catch((error) => {
          throw isGone(error) ? fileNotFound(item.UploadId, error) : error;
        });
        reply.headers({
          "cache-control": "private, no-cache",
          "content-length": opened.ContentLength,
          "content-disposition": contentDisposition(`${parse(item.Filename).name}-rejected.csv`),
        });
        return reply.type("text/csv; charset=utf-8").send(opened.body);
      },
    );
  };
