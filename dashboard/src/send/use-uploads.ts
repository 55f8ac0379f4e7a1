import { useSignalEffect } from "@preact/signals";
import type { Receipt } from "@stockwire/contracts/receipt";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { usePage } from "../shell/context.ts";
import { mergeUploads, type UploadFilter } from "./merge-uploads.ts";
import { transfersOf } from "./transfers.ts";

const PAGE = 25;
/** Where no events come, in milliseconds. */
const ASK_AGAIN_MS = 15_000;
/** A page may stay open for weeks: so many that came in by themselves, and the list begins anew from its top. */
const MAX_ARRIVED = 500;

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
  const loadingOlder = useRef(new AbortController());
  /** How long the list may become. */
  const most = useRef(MAX_ARRIVED);

  const load = useCallback(
    async (from: string | undefined, isFresh: boolean): Promise<void> => {
      const isOlder = from !== undefined;
      if (isOlder) loadingOlder.current = new AbortController();
      const older = loadingOlder.current;
      const signal = isOlder ? AbortSignal.any([ending.current.signal, older.signal]) : ending.current.signal;
      const { store, kind, status } = filter;
      const query = {
        limit: PAGE,
        cursor: from,
        store: store || undefined,
        kind: kind || undefined,
        status: status || undefined,
      };
      // A fresh list may not have yet what is told while it is on its way.
      const heard: Receipt[] = [];
      const stopHearing = live.on("receipt", ({ receipt }) => heard.push(receipt));
      try {
        const page = await api.get<{ items: readonly Receipt[]; cursor?: string }>("/v1/uploads", {
          query,
          signal,
        });
        if (signal.aborted) return;
        if (isFresh) {
          // What is older than the list was does not join on to what it becomes.
          loadingOlder.current.abort();
          most.current = MAX_ARRIVED;
        }
        if (isFresh || isOlder) most.current += page.items.length;
        const news = [...page.items, ...heard];
        setUploads((shown) => mergeUploads(isFresh ? [] : shown, news, filter));
        if (isFresh || isOlder) setCursor(page.cursor);
        setError(undefined);
      } catch (failure) {
        // What was not asked for by the reader may fail: the list stands, and the header says what is wrong.
        if (!signal.aborted && (isFresh || isOlder)) setError(failure);
      } finally {
        stopHearing();
        if (!signal.aborted) setLoading(false);
      }
    },
    [api, live, filter],
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

  useEffect(() => {
    if (uploads.length <= most.current) return;
    // Not again at once where this fails.
    most.current = uploads.length + MAX_ARRIVED;
    void load(undefined, true);
  }, [uploads.length, load]);

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
