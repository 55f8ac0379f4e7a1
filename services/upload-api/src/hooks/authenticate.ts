import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type AccessRule, authorise } from "../access/authorise.ts";
import type { CheckKey } from "../access/check-key.ts";
import type { CheckToken } from "../access/check-token.ts";
import { type Access, NOBODY, type Principal } from "../access/principal.ts";
import { type Credential, readCredential } from "../access/read-credential.ts";
import { ApiError } from "../errors/api-error.ts";

declare module "fastify" {
  interface FastifyRequest {
    readonly principal: Principal;
    /** On whose behalf the same request would run now. @throws what it would be refused with */
    readonly checkAgain: () => Promise<Principal>;
  }
  interface FastifyInstance {
    /** Every route with its rule, for whoever checks them. */
    readonly accessRules: readonly RouteRule[];
  }
  interface FastifyContextConfig {
    /** Who may call the route; a route without it cannot be added. */
    access?: Access;
    /** True: what it touches belongs to no store, so callers bound to stores are refused. */
    allStores?: boolean;
  }
}

export interface RouteRule extends AccessRule {
  readonly method: string;
  readonly url: string;
}

/** Pages and files of the documentation, which a plugin adds. */
const DOCUMENTATION = /^\/docs(?:\/|$)/;

/**
 * The one place where a request gets its principal and is held against its route's rule, before its body is read.
 * Routes are to look at `request.principal` and nowhere else. Register before the routes.
 */
export const authenticate = (
  app: FastifyInstance,
  checks: { readonly checkKey: CheckKey; readonly checkToken: CheckToken },
  onRefusedKey: (request: FastifyRequest, reply: FastifyReply) => Promise<void>,
): void => {
  const principals = new WeakMap<FastifyRequest, Principal>();
  app.decorateRequest("principal", {
    getter(this: FastifyRequest) {
      return principals.get(this) ?? NOBODY;
    },
  });
  app.decorateRequest("checkAgain", {
    getter(this: FastifyRequest) {
      return async () => {
        const principal = await check(readCredential(this.raw));
        authorise(principal, this.routeOptions.config as AccessRule);
        return principal;
      };
    },
  });
  const rules: RouteRule[] = [];
  app.decorate("accessRules", rules);
  app.addHook("onRoute", (route) => {
    if (route.config?.access === undefined && DOCUMENTATION.test(route.url)) {
      route.config = { ...route.config, access: "public" };
    }
    const { method, url, config: { access, allStores } = {} } = route;
    if (access === undefined) {
      throw new Error(`${[method].flat().join(", ")} ${url} does not say who may call it`);
    }
    for (const name of [method].flat()) rules.push({ method: name, url, access, allStores });
  });
  const check = (credential: Credential): Promise<Principal> =>
    "key" in credential ? checks.checkKey(credential.key) : checks.checkToken(credential.token);
  const identify = async (request: FastifyRequest): Promise<Principal> => {
    const credential = readCredential(request.raw);
    const isKey = "key" in credential;
    if (isKey) request.log = request.log.child({ keyId: credential.key.keyId });
    const principal = await check(credential);
    if (!isKey) request.log = request.log.child({ user: principal.id });
    return principal;
  };
  app.addHook("onRequest", async (request, reply) => {
    const { config } = request.routeOptions;
    // The preflight of an origin that is not allowed meets the route of the plugin for those that are: not found.
    const isPreflight = request.method === "OPTIONS" && config.access === undefined;
    if (request.is404 || isPreflight || config.access === "public") return;
    const principal = await identify(request).catch(async (refusal: unknown) => {
      if (refusal instanceof ApiError && refusal.status === 401) await onRefusedKey(request, reply);
      throw refusal;
    });
    principals.set(request, principal);
    authorise(principal, config as AccessRule);
  });
};
