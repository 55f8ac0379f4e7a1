import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Change } from "@stockwire/contracts/change";
import { hasChanges } from "@stockwire/contracts/items";
import { changesKey } from "@stockwire/contracts/keys";
import { Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { readLines } from "../downloads/read-lines.ts";
import { noChanges } from "../errors/api-error.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { findReceipt } from "./find-receipt.ts";
import { cursorParameter, limitParameter, pageOf, UploadParameters } from "./schemas.ts";

/** Place in the list: bytes from its beginning. */
const Position = Type.Object(
  { Offset: Type.Integer({ minimum: 0, maximum: 2 ** 45 }) },
  { additionalProperties: false },
);

/** Windows of the list that one request may cost. */
const MAX_WINDOWS = 16;

/** What an upload would do, or has done, item by item. */
export const listChanges =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      "/v1/uploads/:uploadId/changes",
      {
        config: { access: ["read", "upload"] },
        schema: {
          operationId: "listChanges",
          tags: ["uploads"],
          summary: "What a dry run would change, a replacement has retired, or an undoing has put back",
          params: UploadParameters,
          querystring: Type.Object(
            {
              changed: Type.Boolean({
                default: false,
                description:
                  "leave out what stays as it is; a page can then be short and still have a cursor",
              }),
              limit: limitParameter(100, 1_000),
              cursor: cursorParameter,
            },
            { additionalProperties: false },
          ),
          response: {
            200: pageOf(Change, "Items in the file's order"),
            ...problemResponses("invalid_request", "invalid_cursor", "upload_not_found", "no_changes"),
          },
        },
      },
      async (request, reply) => {
        const { changed, limit, cursor } = request.query;
        const item = await findReceipt(context, request);
        if (!hasChanges(item)) throw noChanges(item.UploadId);
        reply.header("cache-control", "private, no-cache");
        const place = { bucket: context.resources.buckets.results, key: changesKey(item.UploadId) };
        const items: Change[] = [];
        let behindPage = 0;
        let offset = cursor === undefined ? 0 : decodeCursor(Position, cursor).Offset;
        // One item beyond the page is looked for, so that the last page says it is the last.
        for (let windows = 0; windows < MAX_WINDOWS; windows++) {
          const { lines, next } = await readLines(context.s3, place, offset);
          for (const { text, end } of lines) {
            const change = JSON.parse(text) as Change;
            if (changed && change.before === change.after) continue;
            if (items.length === limit) return page(items, behindPage);
            items.push(change);
            behindPage = end;
          }
          if (next === undefined) return { items };
          offset = next;
        }
        return page(items, items.length === limit ? behindPage : offset);
      },
    );
  };

const page = (items: Change[], offset: number) => ({ items, cursor: encodeCursor({ Offset: offset }) });
