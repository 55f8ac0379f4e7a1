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

/** Who may call a route. */
export type Access = "public" | Scope;
