import type { FauxqsApp } from "../emulators/fauxqs.ts";

const LOCAL_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\]|[a-z0-9-]+\.localhost)(:\d+)?$/;

/** Lets pages of this machine upload straight to S3, as the bucket's CORS rules will on AWS. */
export const allowBrowsers = (app: FauxqsApp): void => {
  app.addHook("onRequest", async (request, reply) => {
    const { origin } = request.headers;
    if (!origin || !LOCAL_ORIGIN.test(origin)) return;
    reply.header("access-control-allow-origin", origin);
    reply.header("vary", "Origin");
    reply.header("access-control-expose-headers", "ETag, x-amz-version-id, x-amz-request-id");
  });
  app.options("/*", async (request, reply) => {
    reply.header("access-control-allow-methods", "GET, HEAD, PUT, POST");
    reply.header("access-control-allow-headers", request.headers["access-control-request-headers"] ?? "*");
    reply.header("access-control-max-age", "600");
    return reply.code(204).send();
  });
};
