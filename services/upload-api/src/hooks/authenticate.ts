import type { FastifyInstance } from "fastify";

/** On whose behalf a request runs. */
interface Principal {
  /** The stores that it may send for and see. */
  readonly stores: "all" | readonly string[];
  readonly scopes: readonly Scope[];
}

type Scope = "upload" | "read";

declare module "fastify" {
  interface FastifyRequest {
    principal: Principal;
  }
}

const EVERYONE: Principal = { stores: "all", scopes: ["upload", "read"] };

/**
 * The one place where a request gets its principal, before its body is read. There are no keys yet: today everyone
 * is let in and may do everything. Routes are to look at `request.principal` and nowhere else.
 */
export const authenticate = (app: FastifyInstance): void => {
  // A getter keeps Fastify from sharing one mutable object between requests.
  app.decorateRequest("principal", { getter: () => EVERYONE });
};
