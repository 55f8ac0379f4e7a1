import type { FauxqsApp } from "../emulators/fauxqs.ts";

/**
 * Heeds the two conditions on a copy that services set, which fauxqs ignores: that the source still has the ETag that is
 * meant, and that nothing lies at the destination yet.
 */
export const heedCopyConditions = (app: FauxqsApp): void => {
  app.addHook("preHandler", async ({ method, headers, raw }, reply) => {
    const source = headers["x-amz-copy-source"];
    if (method !== "PUT" || typeof source !== "string") return;
    const wanted = headers["x-amz-copy-source-if-match"];
    const etag = wanted && (await etagOf(app, `/${source.replace(/^\//, "").split("?", 1)[0]}`));
    const isReplaced = etag !== undefined && etag !== "" && etag !== wanted;
    const isTaken =
      headers["if-none-match"] === "*" && (await etagOf(app, raw.url?.split("?", 1)[0] ?? "/")) !== undefined;
    if (isReplaced || isTaken) await reply.code(412).type("application/xml").send(PRECONDITION_FAILED);
  });
};

/** Undefined where there is no object. */
const etagOf = async (app: FauxqsApp, url: string): Promise<string | undefined> => {
  const { statusCode, headers } = await app.inject({ method: "HEAD", url });
  return statusCode === 200 ? String(headers.etag) : undefined;
};

const PRECONDITION_FAILED =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>PreconditionFailed</Code>' +
  "<Message>At least one of the pre-conditions you specified did not hold</Message></Error>";
