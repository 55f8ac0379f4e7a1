import { randomUUID } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { FauxqsApp } from "../emulators/fauxqs.ts";
import type { Announcer } from "./announcer.ts";
import { createdObject, type S3Request } from "./created-object.ts";
import { describeObject } from "./describe-object.ts";

/**
 * Announces every object before its creator gets the answer, so that whoever was told "stored" knows that the
 * event is on its way. Where announcing fails, the creator gets an error and sends again.
 *
 * fauxqs turns virtual-hosted-style requests into path-style ones before routing, so both arrive here alike.
 */
export const announceObjects = (app: FauxqsApp, getAnnouncer: () => Announcer | undefined): void => {
  // fauxqs' handlers are async and answer by reply.send(): while this hook waits, Fastify finds that their promise
  // has ended without an answer and sends again, which brings the same request here a second time.
  const announced = new WeakMap<FastifyRequest, Promise<void>>();
  const announce = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const announcer = getAnnouncer();
    const { bucket, "*": key = "" } = request.params as { bucket?: string; "*"?: string };
    if (!announcer || bucket === undefined || !announcer.concerns(bucket)) return;
    const { method, headers, body } = request;
    const query = request.query as S3Request["query"];
    const created = createdObject({ method, bucket, key, query, headers, body }, reply.statusCode);
    if (!created) return;
    const now = new Date().toISOString();
    const requestId = randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase();
    reply.header("x-amz-request-id", requestId);
    reply.header("x-amz-id-2", "local");
    const stored = await describeObject(app, created.bucket, created.key);
    const etag = unquoted(reply.getHeader("etag")) ?? stored?.etag ?? "";
    // Replaced already by a later request: this one still happened, at this moment.
    const object = stored?.etag === etag ? stored : { ...created, etag, size: 0, lastModified: now };
    announcer.announce(object, created.how, requestId);
  };
  app.addHook("onSend", async (request, reply, payload) => {
    const once = announced.get(request) ?? announce(request, reply);
    announced.set(request, once);
    await once;
    return payload;
  });
};

const unquoted = (etag: unknown): string | undefined =>
  typeof etag === "string" ? etag.replaceAll('"', "") : undefined;
