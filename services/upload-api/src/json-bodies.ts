import type { FastifyInstance } from "fastify";
import type { Static, TSchema } from "typebox";
import Value from "typebox/value";
import { bodyTooLarge, invalidRequest } from "./errors/api-error.ts";

/** A few hundred ETags. */
const MAX_BYTES = 256 * 1024;
const ARRIVAL_MILLISECONDS = 30_000;

/**
 * Lets the routes of this plugin take `application/json` and nothing else, up to `bodyLimit` bytes. Check what came with
 * `readJson`: Fastify's own check converts as it goes, and would make 0 of null. A body that is not there after 30 s
 * ends the connection. An empty body is `null`, for routes whose body may be left out.
 */
export const acceptJson = (
  app: FastifyInstance,
  { bodyLimit = MAX_BYTES }: { readonly bodyLimit?: number } = {},
): void => {
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string", bodyLimit }, (request, body, done) => {
    if (body === "") done(null, null);
    else parseJson(request, body as string, done);
  });
  app.addHook("preParsing", async ({ raw }) => {
    const late = setTimeout(() => raw.destroy(), ARRIVAL_MILLISECONDS);
    for (const event of ["end", "close"]) raw.once(event, () => clearTimeout(late));
  });
  app.setErrorHandler((error: Error & { code?: string }) => {
    throw error.code === "FST_ERR_CTP_BODY_TOO_LARGE"
      ? bodyTooLarge(`It may have ${bodyLimit} bytes.`)
      : error;
  });
};

/** @throws invalid_request naming the first member that `schema` does not take */
export const readJson = <Schema extends TSchema>(schema: Schema, body: unknown): Static<Schema> => {
  if (Value.Check(schema, body)) return body;
  const [fault] = Value.Errors(schema, body);
  const member = fault?.instancePath.slice(1).replaceAll("~1", "/").replaceAll("~0", "~") ?? "";
  const where = member === "" ? "The body" : `The body's member ${member}`;
  throw invalidRequest(`${where} ${fault?.message ?? "is not valid"}.`);
};
