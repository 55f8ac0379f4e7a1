import type { Api, Query } from "./client.ts";

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly cursor?: string;
}

/** A list page by page, to its end. */
export async function* walkPages<Item>(
  api: Api,
  path: string,
  query: Query,
  signal?: AbortSignal,
): AsyncGenerator<readonly Item[]> {
  let cursor: string | undefined;
  do {
    const page: Page<Item> = await api.get(path, { query: { ...query, cursor }, ...(signal && { signal }) });
    yield page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
