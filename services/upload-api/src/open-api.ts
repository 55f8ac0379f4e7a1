import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { documentAccess, securitySchemes } from "./access/document-access.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /**
     * The request body as OpenAPI shows it. Bodies here are streams that no schema can check, so it must not stand
     * in `schema.body`, where Fastify would try.
     */
    documentedBody?: FastifySchema["body"];
  }
}

/** The OpenAPI document, and its page. Register before the routes. */
export const addOpenApi = async (app: FastifyInstance): Promise<void> => {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Stockwire",
        version: "1",
        description:
          "Takes stores' inventory files in, loads each exactly once, and says what happened to every row; takes text " +
          "invoices in, and says what was read in every field. " +
          "Failures are `application/problem+json` (RFC 9457) with a stable `code`.",
        license: { name: "MIT", identifier: "MIT" },
      },
      // Wherever the document came from: the service does not know its own name.
      servers: [{ url: "/" }],
      components: { securitySchemes },
      tags: [
        { name: "uploads", description: "Files sent, and what became of them" },
        { name: "stock", description: "What the stores have" },
        { name: "live", description: "What changes, as it changes" },
        { name: "alerts", description: "What ran out, what is low and what is back, and who is told" },
        { name: "invoices", description: "What finance sent, how it was read, and what was spent" },
      ],
    },
    // Shapes that several places refer to keep their names.
    refResolver: { buildLocalReference: (schema) => String(schema.$id) },
    transform: ({ schema, url, route }) => {
      const body = route.config?.documentedBody;
      const documented = documentAccess(schema, route.config?.access);
      return { schema: body === undefined ? documented : { ...documented, body }, url };
    },
  });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    // Swagger UI styles elements inline; its scripts all come as files.
    transformStaticCSP: (header) => `${header};style-src 'self' 'unsafe-inline'`,
  });
  app.get("/openapi.json", { config: { access: "public" }, schema: { hide: true } }, () => app.swagger());
};
