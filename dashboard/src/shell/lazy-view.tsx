import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { unreachable } from "../api/problem.ts";
import { Failure, Skeleton } from "../ui/notice.tsx";
import { usePage } from "./context.ts";
import { offline } from "./offline.ts";

/** A view whose code comes later. */
export interface LazyView {
  readonly View: ComponentType;
  /** Fetches the code, once; rejects where it cannot be fetched now. */
  readonly fetch: () => Promise<void>;
}

/** Where the code could not be fetched, it is asked for again by itself when the connection is back. */
export const lazyView = (load: () => Promise<{ readonly default: ComponentType }>): LazyView => {
  let Loaded: ComponentType | undefined;
  const fetch = async (): Promise<void> => {
    Loaded ??= (await load()).default;
  };
  const View = () => {
    const isConnected = usePage().live.state.value === "live" && !offline.value;
    const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
    // A connection that came back is what asks for it again.
    useEffect(() => {
      fetch().then(
        () => setState("ready"),
        () => setState("failed"),
      );
    }, [isConnected]);
    if (Loaded) return <Loaded />;
    if (state === "failed") return <Failure error={unreachable()} retry={() => location.reload()} />;
    return <Skeleton lines={8} />;
  };
  return { View, fetch };
};
