import { HeadObjectCommand } from "@aws-sdk/client-s3";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { UploadItem } from "@stockwire/contracts/items";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { create as contentDisposition } from "content-disposition";
import type { FastifyReply } from "fastify";
import type { ApiContext } from "../context.ts";
import { alreadyHas, rangeToServe } from "../downloads/conditions.ts";
import { isGone, isOutOfRange, openObject } from "../downloads/open-object.ts";
import { fileNotFound, rangeNotSatisfiable } from "../errors/api-error.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { findReceipt } from "./find-receipt.ts";
import { fileResponse, UploadParameters } from "./schemas.ts";

const config = { access: ["read", "upload"] } as const;

const schema = {
  operationId: "getUploadFile",
  tags: ["uploads"],
  summary: "The file as it was sent",
  description:
    "Takes `range` (one byte range), `if-range` and `if-none-match`. HEAD answers the headers alone.",
  params: UploadParameters,
  response: {
    200: fileResponse("The file as it was sent"),
    206: fileResponse("The part that the range header asked for"),
    304: { description: "The if-none-match header has the file's ETag", type: "null" },
    ...problemResponses("upload_not_found", "file_not_found", "range_not_satisfiable"),
  },
};

/** Headers that GET and HEAD share. */
const describe = (reply: FastifyReply, item: UploadItem): void => {
  reply.headers({
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
    "content-disposition": contentDisposition(item.Filename),
    ...(item.ETag !== undefined && { etag: `"${item.ETag}"` }),
  });
  reply.type(uploadKinds[item.Kind].contentType);
};

const failure = (item: UploadItem, error: unknown): unknown => {
  if (isOutOfRange(error)) return rangeNotSatisfiable(item.Bytes);
  return isGone(error) ? fileNotFound(item.UploadId, error) : error;
};

/** The original, streamed from S3. */
export const getUploadFile =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    const url = "/v1/uploads/:uploadId/file";
    app.get(
      url,
      // The HEAD route that Fastify would add reads the whole file only to drop it.
      {
        exposeHeadRoute: false,
        config,
        schema,
      },
      async (request, reply) => {
        const item = await findReceipt(context, request);
        if (alreadyHas(request.headers, item.ETag)) {
          describe(reply, item);
          return reply.code(304).send();
        }
        const place = { bucket: item.Bucket, key: item.Key, versionId: item.VersionId, etag: item.ETag };
        const range = rangeToServe(request.headers, item.ETag);
        const opened = await openObject(context.s3, place, reply, range).catch((error) => {
          throw failure(item, error);
        });
        describe(reply, item);
        reply.header("content-length", opened.ContentLength);
        if (opened.ContentRange !== undefined) reply.code(206).header("content-range", opened.ContentRange);
        return reply.send(opened.body);
      },
    );
    app.head(url, { config, schema: { params: UploadParameters } }, async (request, reply) => {
      const item = await findReceipt(context, request);
      if (alreadyHas(request.headers, item.ETag)) {
        describe(reply, item);
        return reply.code(304).send();
      }
      const IfMatch = item.ETag === undefined ? undefined : `"${item.ETag}"`;
      const place = { Bucket: item.Bucket, Key: item.Key, VersionId: item.VersionId, IfMatch };
      const { ContentLength, ETag } = await context.s3.send(new HeadObjectCommand(place)).catch((error) => {
        throw failure(item, error);
      });
      // S3 heeds the condition; some servers that speak its protocol do so for GET only.
      if (IfMatch !== undefined && ETag !== IfMatch) throw fileNotFound(item.UploadId);
      describe(reply, item);
      return reply.header("content-length", ContentLength).send();
    });
  };
