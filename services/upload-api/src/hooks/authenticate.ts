import type { FastifyInstance } from "fastify";
import type { Access, Principal } from "../access/principal.ts";

declare module "fastify" {
  interface FastifyRequest {
    principal: Principal;
  }
  interface FastifyContextConfig {
    /** Who may call the route: anybody, or whoever has the scope. */
    access?: Access;
  }
}

const EVERYONE: Principal = { id: "everyone", stores: "all", scopes: new Set(["upload", "read", "admin"]) };

/**
 * The one place where a request gets its principal, before its body is read. There are no keys yet: today everyone
 * is let in and may do everything. Routes are to look at `request.principal` and nowhere else.
 */
export const authenticate = (app: FastifyInstance): void => {
  // A getter keeps Fastify from sharing one mutable object between requests.
  app.decorateRequest("principal", { getter: () => EVERYONE });
};
