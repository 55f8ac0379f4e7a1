import type { Scope } from "@stockwire/contracts/items";

/** On whose behalf a request runs. */
export interface Principal {
  /** Tells callers apart, in limits and idempotency keys: never shown, never a secret. */
  readonly id: string;
  /** The stores that it may send for and see. */
  readonly stores: "all" | readonly string[];
  /** `admin` stands with the two others that it includes. */
  readonly scopes: ReadonlySet<Scope>;
}

/** Who may call a route: anybody, or whoever has the scope, or one of several. */
export type Access = "public" | Scope | readonly Scope[];

/** Of requests that need no key, and of all until they have shown theirs. */
export const NOBODY: Principal = { id: "nobody", stores: [], scopes: new Set() };

const SCOPES: readonly Scope[] = ["upload", "read", "admin"];

const isScope = (name: string): name is Scope => (SCOPES as readonly string[]).includes(name);

/** The scopes among some names, with those that `admin` includes. */
export const scopesOf = (names: readonly string[]): ReadonlySet<Scope> =>
  new Set(names.includes("admin") ? SCOPES : names.filter(isScope));
