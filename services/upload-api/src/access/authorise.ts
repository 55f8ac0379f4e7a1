import type { Scope } from "@stockwire/contracts/items";
import { forbidden } from "../errors/api-error.ts";
import type { Access, Principal } from "./principal.ts";

/** What a route's `config` says of who may call it. */
export interface AccessRule {
  readonly access: Access;
  /** True where what the route touches belongs to no store: callers bound to stores are refused. */
  readonly allStores?: boolean | undefined;
}

const scopesWanted = (access: Exclude<Access, "public">): readonly Scope[] =>
  typeof access === "string" ? [access] : access;

/** @throws forbidden, which names the scope that is wanting and none that the caller has */
export const authorise = (principal: Principal, { access, allStores }: AccessRule): void => {
  if (access === "public") return;
  const wanted = scopesWanted(access);
  if (!wanted.some((scope) => principal.scopes.has(scope))) {
    throw forbidden(`This route needs the scope ${wanted.join(" or ")}.`);
  }
  if (allStores === true && principal.stores !== "all") {
    throw forbidden("This route is about all stores and needs a key that is bound to none.");
  }
};
