import type { Change } from "@stockwire/contracts/change";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { usePage } from "../shell/context.ts";

const PAGE = 100;

/** How many of each change, in the order in which they first come. */
export const tallyChanges = (
  changes: readonly Change[],
): readonly (readonly [Change["change"], number])[] => {
  const counts = new Map<Change["change"], number>();
  for (const { change } of changes) counts.set(change, (counts.get(change) ?? 0) + 1);
  return [...counts];
};

/** The list of changes page by page. `more` is there while there are more. */
export const useChanges = (path: string, onlyChanged: boolean) => {
  const { api } = usePage();
  const [changes, setChanges] = useState<readonly Change[]>([]);
  const [cursor, setCursor] = useState<string | undefined>();
  const [loading, setLoading] = useState(true);
  const [error, setError] = useState<unknown>();
  const ending = useRef(new AbortController());

  const load = useCallback(
    async (from: string | undefined): Promise<void> => {
      const { signal } = ending.current;
      setLoading(true);
      setError(undefined);
      try {
        const found: Change[] = [];
        let next = from;
        // A page can be short, even empty, and not be the last.
        do {
          const query = { limit: PAGE, cursor: next, changed: onlyChanged ? "true" : undefined };
          const page: { items: readonly Change[]; cursor?: string } = await api.get(path, { query, signal });
          found.push(...page.items);
          next = page.cursor;
        } while (next !== undefined && found.length < PAGE);
        setChanges((shown) => (from === undefined ? found : [...shown, ...found]));
        setCursor(next);
      } catch (failure) {
        if (!signal.aborted) setError(failure);
      } finally {
        if (!signal.aborted) setLoading(false);
      }
    },
    [api, path, onlyChanged],
  );

  useEffect(() => {
    ending.current = new AbortController();
    setChanges([]);
    setCursor(undefined);
    void load(undefined);
    return () => ending.current.abort();
  }, [load]);

  return {
    changes,
    loading,
    error,
    reload: () => void load(undefined),
    more: cursor === undefined ? undefined : () => void load(cursor),
  };
};
