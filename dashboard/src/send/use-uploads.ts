import { useSignalEffect } from "@preact/signals";
import type { Receipt } from "@stockwire/contracts/receipt";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { usePage } from "../shell/context.ts";
import { isFurther } from "./receipts.ts";
import { transfersOf } from "./transfers.ts";

/** Empty: all. */
export interface UploadFilter {
  readonly store: string;
  readonly kind: string;
  readonly status: string;
}

export const ALL_UPLOADS: UploadFilter = { store: "", kind: "", status: "" };

const PAGE = 25;
/** Where no events come, in milliseconds. */
const ASK_AGAIN_MS = 15_000;

const matches = (receipt: Receipt, { store, kind, status }: UploadFilter): boolean =>
  (store === "" || receipt.store === store) &&
  (kind === "" || receipt.kind === kind) &&
  (status === "" || receipt.status === status);

/** Puts what is newer or further on into a list, newest first; what matches no longer goes. */
const mergeUploads = (
  shown: readonly Receipt[],
  news: readonly Receipt[],
  filter: UploadFilter,
): readonly Receipt[] => {
  const all = new Map(shown.map((receipt) => [receipt.uploadId, receipt]));
  for (const receipt of news) {
    if (!isFurther(receipt, all.get(receipt.uploadId))) continue;
    if (matches(receipt, filter)) all.set(receipt.uploadId, receipt);
    else all.delete(receipt.uploadId);
  }
  return [...all.values()].sort((a, b) => b.receivedAt.localeCompare(a.receivedAt));
};

/** Uploads newest first, kept as they move. `more` is there while there are older ones. */
export const useUploads = (filter: UploadFilter) => {
  const page = usePage();
  const { api, live } = page;
  const transfers = transfersOf(page);
  const latest = useRef(filter);
  latest.current = filter;
  const [uploads, setUploads] = useState<readonly Receipt[]>([]);
  const [cursor, setCursor] = useState<string | undefined>();
  const [loading, setLoading] = useState(true);
  const [error, setError] = useState<unknown>();
  const ending = useRef(new AbortController());

  const load = useCallback(
    async (from: string | undefined, isFresh: boolean): Promise<void> => {
      const { signal } = ending.current;
      const { store, kind, status } = filter;
      const query = {
        limit: PAGE,
        cursor: from,
        store: store || undefined,
        kind: kind || undefined,
        status: status || undefined,
      };
      try {
        const page = await api.get<{ items: readonly Receipt[]; cursor?: string }>("/v1/uploads", {
          query,
          signal,
        });
        if (signal.aborted) return;
        setUploads((shown) => mergeUploads(isFresh ? [] : shown, page.items, filter));
        if (isFresh || from !== undefined) setCursor(page.cursor);
        setError(undefined);
      } catch (failure) {
        // What was not asked for by the reader may fail: the list stands, and the header says what is wrong.
        if (!signal.aborted && (isFresh || from !== undefined)) setError(failure);
      } finally {
        if (!signal.aborted) setLoading(false);
      }
    },
    [api, filter],
  );

  useEffect(() => {
    ending.current = new AbortController();
    setLoading(true);
    setUploads([]);
    setCursor(undefined);
    void load(undefined, true);
    const stops = [
      live.on("receipt", ({ receipt }) => setUploads((shown) => mergeUploads(shown, [receipt], filter))),
      live.onReset(() => void load(undefined, true)),
    ];
    const asking = setInterval(() => {
      if (live.state.value !== "live" && !document.hidden) void load(undefined, false);
    }, ASK_AGAIN_MS);
    return () => {
      ending.current.abort();
      clearInterval(asking);
      for (const stop of stops) stop();
    };
  }, [filter, live, load]);

  // What this page sends is known before any event comes.
  useSignalEffect(() => {
    const sent = transfers.list.value.flatMap(({ state: { value } }) =>
      "receipt" in value && value.receipt ? [value.receipt] : [],
    );
    if (sent.length > 0) setUploads((shown) => mergeUploads(shown, sent, latest.current));
  });

  const more = (): void => {
    setLoading(true);
    void load(cursor, false);
  };
  const reload = (): void => {
    setLoading(true);
    void load(undefined, true);
  };
  return { uploads, loading, error, reload, more: cursor === undefined ? undefined : more };
};
