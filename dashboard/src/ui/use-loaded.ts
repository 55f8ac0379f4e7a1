import { useCallback, useEffect, useRef, useState } from "preact/hooks";

/** What was asked for: not there yet, there, or why it is not. */
export type Loaded<Value> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly value: Value }
  | { readonly state: "failed"; readonly error: unknown };

/**
 * Loads whenever `key` changes, and again when asked. What is shown stays while the same is loaded again.
 * @param load ends early when its signal does
 */
export const useLoaded = <Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  key: string,
): readonly [Loaded<Value>, reload: () => void] => {
  const [loaded, setLoaded] = useState<{ key: string; result: Loaded<Value> }>({ key, result: LOADING });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  // A new round is what asks for loading again.
  useEffect(() => {
    const ending = new AbortController();
    latest
      .current(ending.signal)
      .then((value): Loaded<Value> => ({ state: "ready", value }))
      .catch((error: unknown): Loaded<Value> => ({ state: "failed", error }))
      .then((result) => {
        if (!ending.signal.aborted) setLoaded({ key, result });
      });
    return () => ending.abort();
  }, [key, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return [loaded.key === key ? loaded.result : LOADING, reload];
};

const LOADING = { state: "loading" } as const;
