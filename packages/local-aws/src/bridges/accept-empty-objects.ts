import type { FauxqsApp } from "../emulators/fauxqs.ts";

/** Without a body Fastify leaves `request.body` undefined, which fauxqs does not take for zero bytes. */
export const acceptEmptyObjects = (app: FauxqsApp): void => {
  app.addHook("preHandler", async (request) => {
    if (request.method === "PUT" && request.routeOptions.url === "/:bucket/*") {
      request.body ??= Buffer.alloc(0);
    }
  });
};
