import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { toReceipt, type UploadItem } from "@stockwire/contracts/items";
import { Receipt, UploadKind, UploadStatus } from "@stockwire/contracts/receipt";
import { Type } from "typebox";
import { maySeeUpload, storesToList } from "../access/stores.ts";
import type { ApiContext } from "../context.ts";
import { decodeCursor } from "../cursor.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import {
  findUploadsByDay,
  findUploadsByStore,
  UploadsByDay,
  UploadsByStore,
} from "../queries/find-uploads.ts";
import { parseStore } from "../store-name.ts";
import { cursorParameter, limitParameter, pageOf, storeParameter, toPage } from "./schemas.ts";

const Query = Type.Object(
  {
    store: Type.Optional(storeParameter("only uploads about this one store")),
    kind: Type.Optional(UploadKind),
    status: Type.Optional(UploadStatus),
    limit: limitParameter(50, 100),
    cursor: cursorParameter,
  },
  { additionalProperties: false },
);

/** Receipts, newest first. */
export const listUploads =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      "/v1/uploads",
      {
        config: { access: "read" },
        schema: {
          operationId: "listUploads",
          tags: ["uploads"],
          summary: "Receipts, newest first",
          querystring: Query,
          response: {
            200: pageOf(Receipt, "Receipts; a page can be short and still have a cursor"),
            ...problemResponses("invalid_request", "invalid_cursor", "invalid_store"),
          },
        },
      },
      async (request, reply) => {
        const { store, limit, cursor, kind, status } = request.query;
        const { principal } = request;
        const stores = storesToList(principal, store === undefined ? undefined : parseStore(store));
        const filter = { kind, status, isVisible: (upload: UploadItem) => maySeeUpload(principal, upload) };
        reply.header("cache-control", "no-store");
        if (stores === "all") {
          const start = cursor === undefined ? undefined : decodeCursor(UploadsByDay, cursor);
          return toPage(await findUploadsByDay(context, filter, limit, start), toReceipt);
        }
        const start = cursor === undefined ? undefined : decodeCursor(UploadsByStore, cursor);
        const page = await findUploadsByStore(context, stores, filter, limit, start);
        return toPage(page, toReceipt);
      },
    );
  };
