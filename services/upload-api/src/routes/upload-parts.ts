import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { PendingUploadItem } from "@stockwire/contracts/items";
import { Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { invalidRequest, uploadCompleted, uploadExpired } from "../errors/api-error.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { acceptJson } from "../json-bodies.ts";
import { findPending } from "../presigned/find-pending.ts";
import { planParts } from "../presigned/part-plan.ts";
import { madeObject } from "../presigned/place.ts";
import { missingParts, presentParts } from "../presigned/present-parts.ts";
import { signParts } from "../presigned/sign-parts.ts";
import {
  PartNumbers,
  PresignedState,
  PresignedUpload,
  ReportedParts,
  toPresignedState,
  toPresignedUpload,
} from "./presigned-schemas.ts";
import { UploadParameters } from "./schemas.ts";

const Body = Type.Union([
  Type.Object(
    {
      have: Type.Optional(ReportedParts),
      only: Type.Optional(PartNumbers),
    },
    {
      additionalProperties: false,
      description:
        "`have`: parts that were sent, to be remembered; `only`: parts to sign, also such as are there, instead of all " +
        "that are missing",
    },
  ),
  Type.Null(),
]);

/** Which parts of a presigned upload are there, and fresh addresses for the others. */
export const uploadParts =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    acceptJson(app);
    app.get(
      "/v1/uploads/:uploadId/parts",
      {
        config: { access: "upload" },
        schema: {
          operationId: "getUploadParts",
          tags: ["uploads"],
          summary: "How far a big file is",
          params: UploadParameters,
          response: { 200: PresignedState, ...problemResponses("upload_not_found", "upload_expired") },
        },
      },
      async (request, reply) => {
        const item = await findPending(context, request.params.uploadId, request.principal);
        reply.header("cache-control", "no-store");
        if (item.State !== "open") return toPresignedState(item, []);
        return toPresignedState(item, missingParts(item, await presentParts(item, context)));
      },
    );
    app.post(
      "/v1/uploads/:uploadId/parts",
      {
        config: { access: "upload" },
        schema: {
          operationId: "postUploadParts",
          tags: ["uploads"],
          summary: "Sign again what is missing of a big file",
          params: UploadParameters,
          body: Body,
          response: {
            200: PresignedUpload,
            ...problemResponses(
              "invalid_request",
              "cross_site_request",
              "upload_not_found",
              "upload_completed",
              "upload_expired",
              "unsupported_media_type",
            ),
          },
        },
      },
      async (request, reply) => {
        const found = await findPending(context, request.params.uploadId, request.principal);
        await mustBeOpen(found, context);
        const { have = [], only } = request.body ?? {};
        const planned = planParts(found.Bytes, found.PartBytes);
        const numbers = [...have.map(({ partNumber }) => partNumber), ...(only ?? [])];
        checkNumbers(numbers, planned.length);
        const item = await context.pendingUploads.report(found, have);
        const wanted =
          only === undefined
            ? missingParts(item, await presentParts(item, context))
            : planned.filter(({ partNumber }) => only.includes(partNumber));
        reply.header("cache-control", "no-store");
        return toPresignedUpload(item, await signParts(item, wanted, context));
      },
    );
  };

/** @throws upload_completed, upload_expired */
const mustBeOpen = async (item: PendingUploadItem, context: ApiContext): Promise<void> => {
  const { State, UploadId, OpenUntil } = item;
  if (State === "completed") throw uploadCompleted(UploadId);
  if (State === "completing" && (await madeObject(item, context)) !== undefined) {
    throw uploadCompleted(UploadId);
  }
  if (State === "aborted" || OpenUntil * 1000 < Date.now()) throw uploadExpired(UploadId);
};

/** @throws invalid_request for a part that the file has not */
export const checkNumbers = (numbers: readonly number[], parts: number): void => {
  const unknown = numbers.find((number) => number > parts);
  if (unknown !== undefined) {
    throw invalidRequest(`There is no part ${unknown}: the file has ${parts}.`);
  }
};
