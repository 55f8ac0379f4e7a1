import type { Api } from "../api/client.ts";

/** Who the credential belongs to, as the API sees it; see `GET /v1/me`. */
export interface Caller {
  readonly scopes: readonly ("upload" | "read" | "admin")[];
  /** Null: all stores. */
  readonly stores: readonly string[] | null;
  /** The position of live events before anything else was asked for. */
  readonly live: string;
}

export const readCaller = (api: Api, signal: AbortSignal): Promise<Caller> => api.get("/v1/me", { signal });

export const mayRead = ({ scopes }: Caller): boolean => scopes.includes("read");
export const maySend = ({ scopes }: Caller): boolean => scopes.includes("upload");
export const isAdmin = ({ scopes }: Caller): boolean => scopes.includes("admin");
/** Invoices belong to no store. */
export const maySeeInvoices = (caller: Caller): boolean => mayRead(caller) && caller.stores === null;
