import type { AlertView } from "@stockwire/contracts/views";
import type { Api } from "../api/client.ts";
import type { Page } from "../api/walk-pages.ts";

export interface AlertFilter {
  readonly store?: string | undefined;
  readonly kind?: AlertView["kind"] | undefined;
  /** Only with a store. */
  readonly item?: string | undefined;
}

const PAGE = 200;

/** Alerts page by page, newest first, from `cursor` on. */
export async function* askAlerts(
  api: Api,
  { store, kind, item }: AlertFilter,
  { signal, limit = PAGE, from }: { signal?: AbortSignal; limit?: number; from?: string | undefined } = {},
): AsyncGenerator<Page<AlertView>> {
  let cursor = from;
  do {
    const query = { store, kind, item, limit, cursor };
    const page: Page<AlertView> = await api.get("/v1/alerts", { query, ...(signal && { signal }) });
    yield page;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
