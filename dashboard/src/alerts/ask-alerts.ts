import type { AlertView } from "@stockwire/contracts/views";
import type { Api } from "../api/client.ts";
import { ApiProblem } from "../api/problem.ts";
import type { Page } from "../api/walk-pages.ts";

export interface AlertFilter {
  readonly store?: string | undefined;
  readonly kind?: AlertView["kind"] | undefined;
  /** Only with a store. */
  readonly item?: string | undefined;
}

const PAGE = 200;

/**
 * Alerts page by page, newest first, from `cursor` on. An API that does not know the filter `kind` or `item` sends
 * all of the store: whoever asks filters as well.
 */
export async function* askAlerts(
  api: Api,
  { store, kind, item }: AlertFilter,
  { signal, limit = PAGE, from }: { signal?: AbortSignal; limit?: number; from?: string | undefined } = {},
): AsyncGenerator<Page<AlertView>> {
  const options = signal ? { signal } : {};
  let narrow: Record<string, string | undefined> = { kind, item };
  let cursor = from;
  do {
    const ask = (): Promise<Page<AlertView>> =>
      api.get("/v1/alerts", { query: { store, ...narrow, limit, cursor }, ...options });
    const page = await ask().catch((error: unknown) => {
      const isNarrow = kind !== undefined || item !== undefined;
      if (!isNarrow || !(error instanceof ApiProblem) || error.status !== 400) throw error;
      narrow = {};
      return ask();
    });
    yield page;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
