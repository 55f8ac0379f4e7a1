import type { FastifyInstance } from "fastify";

/** JSON here is a few hundred ETags at most. */
const MAX_JSON_BYTES = 256 * 1024;

/**
 * Lets the routes of one plugin take JSON, and nothing else: the application as a whole parses no body. An empty body
 * is `null`, for routes whose body may be left out.
 */
export const acceptJson = (app: FastifyInstance): void => {
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "string", bodyLimit: MAX_JSON_BYTES },
    (request, body, done) => {
      if (body === "") done(null, null);
      else parseJson(request, body as string, done);
    },
  );
};
